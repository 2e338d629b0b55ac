package dev.dunlin.archfixture.pure;

final class Formats {

    String name(int number) {
        return "log-%015d".formatted(number);
    }
}
