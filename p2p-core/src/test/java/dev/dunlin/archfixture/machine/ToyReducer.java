package dev.dunlin.archfixture.machine;

/** Makes its package a reducer's. */
final class ToyReducer {}
