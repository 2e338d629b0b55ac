package dev.dunlin.core.testkit;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The layering and the purity of the code, as rules over class files. A package is pure unless it is named here as one
 * that touches the world, so that a new package is pure from its first day.
 *
 * <p>A module applies them with a test factory that returns {@link #tests()}, a project of another root package with one that
 * returns {@link #tests(String)}.
 */
public final class ArchitectureRules {

    private static final String NOT_EMPTY = ".+";

    private static final List<String> CLOCK_READERS =
            List.of("now", "millis", "instant", "currentTimeMillis", "nanoTime");

    private final String root;

    private ArchitectureRules(String root) {
        this.root = root;
    }

    /** The rules for the packages below a root. */
    static ArchitectureRules below(String root) {
        return new ArchitectureRules(root);
    }

    /** As {@link #tests(String)}, for the packages of Dunlin. */
    public static Stream<DynamicTest> tests() {
        return tests("dev.dunlin");
    }

    /**
     * One test a rule over the classes that this module compiled. Call it from a test that runs in the module's folder.
     *
     * @param root the package below which the rules hold, such as {@code com.example}
     */
    public static Stream<DynamicTest> tests(String root) {
        JavaClasses compiled = new ClassFileImporter().importPath(Path.of("target", "classes"));
        if (compiled.isEmpty()) {
            throw new IllegalStateException(
                    "no compiled classes below target/classes: run this in the module's folder");
        }
        return below(root).all().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(), () -> rule.getValue().check(compiled)));
    }

    /** All rules by name. */
    Map<String, ArchRule> all() {
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("core depends on no other module", only("core"));
        rules.put("connection depends on core only", only("connection", "core"));
        rules.put("dht depends on connection and core only", only("dht", "connection", "core"));
        rules.put("consensus depends on connection and core only", only("consensus", "connection", "core"));
        rules.put("no cycles between packages", noPackageCycles());
        rules.put("netty stays in its packages", confined("netty", "io.netty.."));
        rules.put("databases stay in their packages", confined("jdbc", "java.sql..", "javax.sql.."));
        rules.put("services are implemented at the rim", servicesAtTheRim());
        rules.put("pure packages touch no network", pureNeverUse("java.net..", "java.nio.channels..", "javax.net.."));
        rules.put("pure packages touch no files", noFiles());
        rules.put("pure packages read no clock", noClock());
        rules.put("pure packages hold no random source", noRandomSource());
        rules.put("keys and handshakes alone are given secure randomness", noSecureRandom());
        rules.put("pure packages start and know no threads", noThreads());
        rules.put("pure packages log nothing", noLogger());
        rules.put("pure packages read no environment", noEnvironment());
        rules.put("state has one order", noHashOrder());
        rules.put("no Java serialization", noSerialization());
        rules.put("nothing is written in the language of the machine", noDefaultLocale());
        return rules;
    }

    private ArchRule only(String module, String... allowed) {
        String[] permitted = Stream.concat(Stream.of(module), Arrays.stream(allowed))
                .map(name -> root + "." + name + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(root + "." + module + "..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(root + "..").and(DescribedPredicate.not(resideInAnyPackage(permitted))))
                .allowEmptyShould(true)
                .as(module + " may depend on " + List.of(allowed) + " and nothing else of " + root);
    }

    // In some languages numbers have other digits, and letters other capitals: names of files and what is parsed again
    // must not.
    private ArchRule noDefaultLocale() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .orShould()
                .callMethod(PrintStream.class, "printf", String.class, Object[].class)
                .orShould()
                .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
                .allowEmptyShould(true)
                .because("in another locale it has other digits or letters: give Locale.ROOT");
    }

    private ArchRule noPackageCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    private ArchRule confined(String room, String... library) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(".." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library)
                .allowEmptyShould(true);
    }

    private ArchRule servicesAtTheRim() {
        return classes()
                .that(DescribedPredicate.describe(
                        "implement a service",
                        type -> !type.isInterface()
                                && type.getAllRawInterfaces().stream()
                                        .anyMatch(face -> face.getPackageName().startsWith(root)
                                                && face.getSimpleName().matches(NOT_EMPTY + "Service"))))
                .should()
                .resideInAnyPackage(
                        "..netty..", "..jdbc..", "..wire..", "..sim..", root + ".core.log..", root + ".node..")
                .allowEmptyShould(true);
    }

    private ArchRule pureNeverUse(String... packages) {
        return noClasses()
                .that(arePure())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true);
    }

    private ArchRule noFiles() {
        return noClasses()
                .that(arePure())
                .and()
                .resideOutsideOfPackage(root + ".core.replay..") // it is given a folder
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.nio.file..")
                        .or(named(
                                "java.io.File",
                                "java.io.FileInputStream",
                                "java.io.FileOutputStream",
                                "java.io.FileReader",
                                "java.io.FileWriter",
                                "java.io.RandomAccessFile")))
                .allowEmptyShould(true);
    }

    private ArchRule noClock() {
        return noClasses()
                .that(arePure())
                .should()
                .accessTargetWhere(target(DescribedPredicate.describe(
                        "reads a clock",
                        (AccessTarget at) -> CLOCK_READERS.contains(at.getName())
                                        && isAny(at.getOwner(), "java.lang.System", "java.time.")
                                || at.getName().equals("getInstance") && isAny(at.getOwner(), "java.util.Calendar")
                                || at.getFullName().equals("java.util.Date.<init>()"))))
                .orShould()
                .dependOnClassesThat(named("java.time.Clock", "java.time.InstantSource"))
                .allowEmptyShould(true);
    }

    private ArchRule noRandomSource() {
        return noClasses()
                .that(arePure())
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.util.random..")
                        .or(named(
                                "java.util.Random",
                                "java.util.SplittableRandom",
                                "java.util.concurrent.ThreadLocalRandom")))
                .orShould()
                .accessTargetWhere(target(DescribedPredicate.describe(
                        "draws from a hidden random source",
                        (AccessTarget at) -> at.getFullName().startsWith("java.util.UUID.randomUUID(")
                                || at.getFullName().startsWith("java.lang.Math.random(")
                                || at.getFullName().equals("java.util.Collections.shuffle(java.util.List)")
                                || at.getFullName().startsWith("java.security.SecureRandom.<init>(")
                                || at.getFullName().startsWith("java.security.SecureRandom.getInstance")
                                || at.getFullName()
                                        .startsWith(
                                                "org.bouncycastle.crypto.CryptoServicesRegistrar.getSecureRandom("))))
                .allowEmptyShould(true);
    }

    /** Keys and handshakes are handed a {@code SecureRandom} as an argument; nobody else may even name it. */
    private ArchRule noSecureRandom() {
        return noClasses()
                .that(arePure())
                .and()
                .resideOutsideOfPackages("..keys..", "..noise..")
                .should()
                .dependOnClassesThat(named("java.security.SecureRandom"))
                .allowEmptyShould(true);
    }

    private ArchRule noThreads() {
        return noClasses()
                .that(arePure())
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.util.concurrent.locks..")
                        .or(named(
                                "java.lang.Thread",
                                "java.lang.ThreadLocal",
                                "java.lang.ScopedValue",
                                "java.util.Timer",
                                "java.util.concurrent.CompletableFuture",
                                "java.util.concurrent.Executor",
                                "java.util.concurrent.ExecutorService",
                                "java.util.concurrent.Executors",
                                "java.util.concurrent.ForkJoinPool",
                                "java.util.concurrent.ScheduledExecutorService")))
                .orShould()
                .callMethodWhere(target(DescribedPredicate.describe(
                        "runs in parallel",
                        (AccessTarget at) ->
                                Set.of("parallelStream", "parallel").contains(at.getName())
                                        && isAny(at.getOwner(), "java.util."))))
                .allowEmptyShould(true);
    }

    private ArchRule noLogger() {
        return noClasses()
                .that(arePure())
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.slf4j..", "ch.qos.logback..", "java.util.logging..")
                        .or(named("java.lang.System$Logger")))
                .orShould()
                .accessTargetWhere(target(DescribedPredicate.describe(
                        "prints",
                        (AccessTarget at) -> Set.of("java.lang.System.out", "java.lang.System.err")
                                .contains(at.getFullName()))))
                .allowEmptyShould(true);
    }

    private ArchRule noEnvironment() {
        return noClasses()
                .that(arePure())
                .should()
                .accessTargetWhere(target(DescribedPredicate.describe(
                        "differs from one machine or run to the next",
                        (AccessTarget at) -> Set.of("getenv", "getProperty", "identityHashCode", "lineSeparator")
                                        .contains(at.getName())
                                && isAny(at.getOwner(), "java.lang.System"))))
                .orShould()
                .dependOnClassesThat(named("java.lang.Process", "java.lang.ProcessBuilder", "java.lang.Runtime"))
                .allowEmptyShould(true);
    }

    /** The order of these depends on history or on the run; where a reducer lives, one may not even be made. */
    private ArchRule noHashOrder() {
        return noClasses()
                .that(resideInAnyPackage(root + ".core.state..").or(shareTheRoomOfAReducer()))
                .should()
                .dependOnClassesThat(named(
                        "java.util.HashMap",
                        "java.util.HashSet",
                        "java.util.Hashtable",
                        "java.util.IdentityHashMap",
                        "java.util.WeakHashMap",
                        "java.util.concurrent.ConcurrentHashMap"))
                .orShould()
                .callMethodWhere(target(DescribedPredicate.describe(
                        "makes a map or set without an order",
                        (AccessTarget at) -> Set.of("of", "ofEntries", "copyOf").contains(at.getName())
                                        && Set.of("java.util.Map", "java.util.Set")
                                                .contains(at.getOwner().getName())
                                || Set.of("toSet", "toMap", "toUnmodifiableSet", "toUnmodifiableMap")
                                                .contains(at.getName())
                                        && isAny(at.getOwner(), "java.util.stream.Collectors"))))
                .allowEmptyShould(true);
    }

    private ArchRule noSerialization() {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .dependOnClassesThat(named("java.io.ObjectInputStream", "java.io.ObjectOutputStream"))
                .orShould(ArchConditions.be(DescribedPredicate.describe(
                        "declared java.io.Serializable or java.io.Externalizable",
                        (JavaClass type) -> type.getRawInterfaces().stream()
                                .anyMatch(face -> Set.of("java.io.Serializable", "java.io.Externalizable")
                                        .contains(face.getName())))))
                .allowEmptyShould(true);
    }

    private DescribedPredicate<JavaClass> arePure() {
        return resideInAnyPackage(root + "..")
                .and(DescribedPredicate.not(resideInAnyPackage(
                        root + ".core.runtime..",
                        root + ".core.log..",
                        root + ".core.system..",
                        root + ".node..",
                        "..netty..",
                        root + ".dht.api..",
                        "..jdbc..")))
                .as("are pure");
    }

    private static DescribedPredicate<JavaClass> shareTheRoomOfAReducer() {
        return DescribedPredicate.describe(
                "share the package of a reducer",
                type -> type.getPackage().getClasses().stream()
                        .anyMatch(other -> other.getSimpleName().matches(NOT_EMPTY + "Reducer")));
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        Set<String> wanted = Set.of(names);
        return DescribedPredicate.describe("named " + List.of(names), type -> wanted.contains(type.getName()));
    }

    private static boolean isAny(JavaClass type, String... names) {
        return Arrays.stream(names)
                .anyMatch(name -> name.endsWith(".")
                        ? type.getName().startsWith(name)
                        : type.getName().equals(name));
    }
}
