package dev.dunlin.node.bootstrap.extension;

import java.nio.file.Path;

/**
 * Where a node has the files of its bootstrap sessions.
 *
 * @param ledger the file of tokens and their trail
 * @param tallies the directory of databases
 */
record BootstrapPlaces(Path ledger, Path tallies) {}
