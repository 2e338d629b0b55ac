package dev.dunlin.connection.bootstrap.wire;

/**
 * A database that two parties share, and how to come to it.
 *
 * @param tallyId its name, 1 to 128 letters, digits, dots, dashes, colons and underscores
 * @param createdBy which side has made it
 * @param endpoint where it is: a URI with a scheme, 1 to 2,048 printable characters; never a path of a file
 * @param credentialsRef under which name its credentials are asked for; they themselves never stand here. 0 to 512 printable characters
 */
public record Tally(String tallyId, Role createdBy, String endpoint, String credentialsRef) {}
