package dev.dunlin.archfixture.pure;

final class Shouts {

    @SuppressWarnings("StringCaseLocaleUsage")
    String loud(String text) {
        return text.toUpperCase();
    }
}
