package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The rooms and their rules. What a room may use, and who in it may hold a client, stands in {@code rooms.txt}: whatever is
 * not in that table is disallowed, and what the table allows and nobody does is to be taken out of it.
 */
@AnalyzeClasses(packages = "dev.bulkhead", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String OPERATOR = "dev.bulkhead.operator";

    /** The room of the classes that lie in no room: what puts all together. */
    private static final String TOP = "operator";

    private static final String USES = "uses";
    private static final String ANY = "*";

    /** Clients by kind: packages with all below them, and single classes. */
    private static final Map<String, List<String>> CLIENTS = clients();

    /** Of the Kubernetes client's packages, what asks nobody: what kinds extend, its errors, its reader of YAML, a setting. */
    private static final Set<String> NO_CLIENT = Set.of(
            "io.fabric8.kubernetes.client.CustomResource",
            "io.fabric8.kubernetes.client.KubernetesClientException",
            "io.fabric8.kubernetes.client.informers.cache.ItemStore",
            "io.fabric8.kubernetes.client.utils.Serialization");

    /** What is called so is a plan, a comparison or a judgement, so it has to be pure. */
    private static final Pattern PURE_BY_NAME =
            Pattern.compile(".*(Planner|Diff|Steps|Rules|Verdicts|Checks|TenantReport|Reachability|ControlProof)");

    /** Names of one meaning that several types have: what a part is to bring about, and where a program begins. */
    private static final Set<String> SHARED = Set.of("Plan", "Main");

    private static final Set<String> ENVIRONMENT =
            Set.of("getenv", "getProperty", "getProperties", "currentTimeMillis", "nanoTime");

    @ArchTest
    static final ArchRule rooms_have_no_cycles =
            SlicesRuleDefinition.slices().matching(OPERATOR + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static void a_room_uses_and_holds_only_what_the_table_allows(JavaClasses classes) {
        Table table = Table.read();
        Set<String> disallowed = new TreeSet<>();
        for (JavaClass from : classes) {
            for (Held held : held(from)) {
                if (!table.allows(held)) {
                    disallowed.add(held.room() + ": " + held.key() + " " + held.value() + "    (" + held.why() + ")");
                }
            }
        }
        assertThat(disallowed).as("what rooms.txt does not allow").isEmpty();
    }

    @ArchTest
    static void the_table_allows_nothing_that_nobody_does(JavaClasses classes) {
        Table unused = Table.read();
        classes.forEach(from -> held(from).forEach(unused::remove));
        assertThat(unused.lines()).as("what rooms.txt allows for nothing").isEmpty();
    }

    /** The prober must never rest on the reconciler's word, so it cannot even see those who give it. */
    @Test
    void the_prober_is_allowed_no_room_that_makes_compartments() {
        assertThat(Table.read().of("probe", USES))
                .doesNotContain("tenant", "backend", "lifecycle", "workflow", "kube", "cli", "metrics", TOP);
    }

    /** Neither a class that is pure nor any class of ours that it rests on, at however many removes. */
    @ArchTest
    static void what_is_pure_knows_no_client_no_time_and_no_chance(JavaClasses classes) {
        Map<JavaClass, JavaClass> reachedFrom = new LinkedHashMap<>();
        classes.stream().filter(ArchitectureTest::pure).forEach(pure -> reachedFrom.put(pure, pure));
        Deque<JavaClass> toVisit = new ArrayDeque<>(reachedFrom.keySet());
        Set<String> impure = new TreeSet<>();
        while (!toVisit.isEmpty()) {
            JavaClass from = toVisit.remove();
            String of = " (of " + Objects.requireNonNull(reachedFrom.get(from)).getName() + ", which is marked @Pure)";
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                JavaClass to = dependency.getTargetClass().getBaseComponentType();
                if (outside(to)) {
                    impure.add(dependency.getDescription() + of);
                } else if (to.getPackageName().startsWith("dev.bulkhead.")
                        && reachedFrom.putIfAbsent(to, Objects.requireNonNull(reachedFrom.get(from))) == null) {
                    toVisit.add(to);
                }
            }
            for (JavaCall<?> call : from.getCodeUnitCallsFromSelf()) {
                if (readsTheWorld(call)) {
                    impure.add(call.getDescription() + of);
                }
            }
        }
        assertThat(impure)
                .as("what is marked @Pure, or what it rests on, and is not")
                .isEmpty();
    }

    @ArchTest
    static void plans_comparisons_and_judgements_are_pure(JavaClasses classes) {
        assertThat(classes.stream()
                        .filter(c -> c.isTopLevelClass()
                                && PURE_BY_NAME.matcher(c.getSimpleName()).matches())
                        .toList())
                .hasSizeGreaterThan(20)
                .allSatisfy(c -> assertThat(pure(c))
                        .as("%s is marked @Pure", c.getName())
                        .isTrue());
    }

    /**
     * Who reads a name in one file and meets it in another need not ask which one it is. The cases of a sealed type are read
     * with the type's name before them.
     */
    @ArchTest
    static void a_name_means_one_thing(JavaClasses classes) {
        Map<String, Set<String>> named = new TreeMap<>();
        classes.stream()
                .filter(type -> !type.isAnonymousClass()
                        && !type.getSimpleName().isEmpty()
                        && !type.getSimpleName().equals("package-info")
                        && !isCase(type))
                .forEach(type -> named.computeIfAbsent(type.getSimpleName(), _ -> new TreeSet<>())
                        .add(type.getName()));
        named.keySet().removeAll(SHARED);
        named.values().removeIf(types -> types.size() == 1);
        assertThat(named).as("names that more than one type has").isEmpty();
    }

    /** A kind of server or store costs its own rooms and these: see docs/adding.md. */
    @ArchTest
    static void few_know_a_kind_of_backend_by_name(JavaClasses classes) {
        Set<String> knowing = new TreeSet<>();
        classes.stream()
                .filter(type -> type.getPackageName().startsWith(OPERATOR)
                        && !type.getPackageName().contains(".objectstore")
                        && !type.getPackageName().contains(".escape")) // rooms of the object store
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                        .anyMatch(to -> !top(to).equals(top(type)) && isOfTheObjectStore(to)))
                .forEach(type -> knowing.add(top(type).getSimpleName()));
        knowing.remove("ObjectStoreRules");
        assertThat(knowing)
                .as("who knows the object store by name, outside of its rooms and its rule")
                .isSubsetOf(
                        "BackedParts",
                        "BoundField",
                        "Compartment",
                        "Main",
                        "OperatorRuntime",
                        "Probes",
                        "TenantValidator",
                        "ValidTenant");
    }

    private static boolean isOfTheObjectStore(JavaClass type) {
        return type.getPackageName().contains(".objectstore")
                || type.getName().contains("ObjectStore")
                || type.getSimpleName().startsWith("Bucket");
    }

    private static boolean isCase(JavaClass type) {
        return type.getEnclosingClass()
                .filter(outer -> outer.reflect().isSealed() && type.isAssignableTo(outer.getName()))
                .isPresent();
    }

    /** The API's records are pure by what they are for; all else says so itself. */
    private static boolean pure(JavaClass type) {
        JavaClass top = top(type);
        return top.getPackageName().startsWith("dev.bulkhead.api.")
                || top.isEquivalentTo(Pure.class)
                || top.isAnnotatedWith(Pure.class)
                || top.getPackage().isAnnotatedWith(Pure.class);
    }

    private static boolean outside(JavaClass type) {
        return client(type) != null || type.isAssignableTo(Clock.class) || type.isAssignableTo(RandomGenerator.class);
    }

    private static boolean readsTheWorld(JavaCall<?> call) {
        JavaClass owner = call.getTargetOwner();
        return (owner.isEquivalentTo(System.class) && ENVIRONMENT.contains(call.getName()))
                || (owner.getPackageName().equals("java.time") && call.getName().equals("now"))
                || (owner.getName().equals("java.util.UUID") && call.getName().equals("randomUUID"))
                || (owner.isEquivalentTo(Math.class) && call.getName().equals("random"));
    }

    /** What a class has that needs permission: other rooms and clients. */
    private static List<Held> held(JavaClass from) {
        if (!from.getPackageName().startsWith(OPERATOR) || from.getSimpleName().equals("package-info")) {
            return List.of();
        }
        List<Held> held = new ArrayList<>();
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
            JavaClass to = dependency.getTargetClass().getBaseComponentType();
            String kind = client(to);
            if (kind != null) {
                held.add(new Held(room(from), kind, top(from).getSimpleName(), "uses " + to.getName()));
            } else if (to.getPackageName().startsWith(OPERATOR)
                    && !to.isEquivalentTo(Pure.class)
                    && !room(to).equals(room(from))) {
                held.add(new Held(room(from), USES, room(to), dependency.getDescription()));
            }
        }
        return held;
    }

    private static @Nullable String client(JavaClass type) {
        if (NO_CLIENT.contains(type.getName())) {
            return null;
        }
        String inside = type.getPackageName() + ".";
        return CLIENTS.entrySet().stream()
                .filter(kind -> kind.getValue().stream()
                        .anyMatch(said ->
                                inside.startsWith(said + ".") || type.getName().equals(said)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private static String room(JavaClass type) {
        String below = type.getPackageName().substring(OPERATOR.length());
        return below.isEmpty() ? TOP : below.substring(1).split("\\.", 2)[0];
    }

    private static JavaClass top(JavaClass type) {
        JavaClass top = type;
        while (top.getEnclosingClass().isPresent()) {
            top = top.getEnclosingClass().get();
        }
        return top;
    }

    private static Map<String, List<String>> clients() {
        Map<String, List<String>> clients = new LinkedHashMap<>();
        clients.put("kubernetes", List.of("io.fabric8.kubernetes.client"));
        clients.put("josdk", List.of("io.javaoperatorsdk"));
        clients.put("jdbc", List.of("java.sql", "javax.sql", "org.postgresql", "com.zaxxer"));
        clients.put("s3", List.of("software.amazon.awssdk"));
        clients.put("http", List.of("java.net.http", "com.sun.net.httpserver", "java.net.HttpURLConnection"));
        clients.put("grpc", List.of("io.grpc"));
        clients.put(
                "sockets",
                List.of(
                        "java.net.Socket",
                        "java.net.ServerSocket",
                        "java.net.DatagramSocket",
                        "javax.net.ssl.SSLSocket",
                        "java.nio.channels.SocketChannel",
                        "java.nio.channels.ServerSocketChannel"));
        clients.put("files", List.of("java.nio.file", "java.io.File", "java.io.FileInputStream"));
        return clients;
    }

    /** One thing that a class of a room does. */
    private record Held(String room, String key, String value, String why) {}

    /** The white list. */
    private record Table(Map<String, Map<String, Set<String>>> rooms) {
        static Table read() {
            Map<String, Map<String, Set<String>>> rooms = new TreeMap<>();
            String room = "";
            for (String line : text().lines().toList()) {
                List<String> words =
                        Arrays.asList(line.replaceFirst("#.*", "").trim().split("\\s+"));
                if (words.getFirst().isEmpty()) {
                    continue;
                }
                String key = words.getFirst();
                Set<String> values = new TreeSet<>(words.subList(1, words.size()));
                if (!Character.isWhitespace(line.charAt(0))) {
                    assertThat(words).as("a line of rooms.txt: %s", line).hasSize(1);
                    room = key;
                    assertThat(rooms.put(room, new TreeMap<>()))
                            .as("room %s", room)
                            .isNull();
                } else {
                    assertThat(key.equals(USES) || CLIENTS.containsKey(key))
                            .as("a line of rooms.txt: %s", line)
                            .isTrue();
                    Objects.requireNonNull(rooms.get(room), room)
                            .computeIfAbsent(key, _ -> new TreeSet<>())
                            .addAll(values);
                }
            }
            return new Table(rooms);
        }

        private static String text() {
            try (InputStream file = ArchitectureTest.class.getResourceAsStream("rooms.txt")) {
                return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Set<String> of(String room, String key) {
            return rooms.getOrDefault(room, Map.of()).getOrDefault(key, Set.of());
        }

        boolean allows(Held held) {
            Set<String> allowed = of(held.room(), held.key());
            return allowed.contains(held.value())
                    || (allowed.contains(ANY) && !held.key().equals(USES));
        }

        /** Takes out of the table what somebody does. */
        void remove(Held held) {
            Set<String> allowed = of(held.room(), held.key());
            if (!allowed.isEmpty()
                    && !allowed.remove(held.value())
                    && !held.key().equals(USES)) {
                allowed.remove(ANY);
            }
        }

        List<String> lines() {
            List<String> lines = new ArrayList<>();
            rooms.forEach((room, keys) ->
                    keys.forEach((key, values) -> values.forEach(value -> lines.add(room + ": " + key + " " + value))));
            return lines;
        }
    }
}
