package com.example.shop;

import dev.dunlin.core.testkit.ArchitectureRules;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The machine is pure: only {@code com.example.shop.node} touches the world. */
class ArchitectureTest {

    @TestFactory
    Stream<DynamicTest> rules() {
        return ArchitectureRules.tests("com.example.shop");
    }
}
