package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One file per rule, named by the rule. The first document says what is changed in an example (a JSON merge patch on the
 * Tenant, and what is around it), the second every finding that has to come of it, to the letter. After a change of a
 * message run with {@code -Dbulkhead.regenerate=true} and read the difference.
 */
class InvalidTenantsTest {
    private static final Path FOLDER = Path.of("src/test/resources/invalid");
    private static final boolean REGENERATE = Boolean.getBoolean("bulkhead.regenerate");
    private static final String BETWEEN = "\n---\n";

    /** Reasons that validation can give; each needs a case. */
    private static final Set<Reason> REASONS = Set.of(
            Reason.InvalidName,
            Reason.InvalidSpec,
            Reason.UnknownProfile,
            Reason.InvalidProfile,
            Reason.LooserThanProfile,
            Reason.ImageNotAllowed,
            Reason.DestinationRefused,
            Reason.UnknownPeer,
            Reason.GroupsNotAllowed,
            Reason.UnknownServer,
            Reason.UnknownStore,
            Reason.ExtensionNotAllowed,
            Reason.NoCapacity,
            Reason.DatabaseUnavailable,
            Reason.ObjectStoreUnavailable,
            Reason.AdoptionRefused);

    /** The first document of a file. */
    record Case(
            String example,
            @Nullable ObjectNode tenant,
            @Nullable List<Backend> databaseServers,
            @Nullable List<Backend> objectStores,
            @Nullable JsonNode profile,
            @Nullable Home placement,
            @Nullable Former former,
            @Nullable List<String> holders,
            boolean provisioned) {}

    record Home(String server, String database, String store) {
        Placement placement() {
            return Tenants.placed(server, database, store);
        }
    }

    record Backend(
            String name,
            @Nullable String environment,
            @Nullable Boolean ready,
            int load,
            @Nullable List<String> extensions,
            @Nullable JsonNode spec) {}

    record Former(String identity, String tenant) {}

    record Expected(String outcome, List<Found> findings) {}

    record Found(Reason reason, String text) {
        static Found of(Finding finding) {
            return new Found(finding.reason(), finding.text());
        }
    }

    static List<Path> cases() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void every_rule_says_what_is_wrong_and_what_to_do(Path file) throws IOException {
        assertThat(file.getFileName().toString()).as("a case is a YAML file").endsWith(".yaml");
        String text = Files.readString(file);
        int end = text.indexOf(BETWEEN);
        String given = end < 0 ? text.stripTrailing() : text.substring(0, end);
        Expected actual = run(Examples.YAML.readValue(given, Case.class));
        if (REGENERATE) {
            Files.writeString(file, given + BETWEEN + write(actual), StandardCharsets.UTF_8);
        } else {
            assertThat(end).as("the second document of %s is missing", file).isPositive();
            assertThat(write(actual)).isEqualTo(text.substring(end + BETWEEN.length()));
        }
        assertThat(actual.findings())
                .as("a case without a finding tests nothing")
                .isNotEmpty();
    }

    @Test
    void every_reason_of_validation_has_a_case() throws IOException {
        Set<Reason> shown = new TreeSet<>();
        for (Path file : cases()) {
            String text = Files.readString(file);
            Examples.YAML
                    .readValue(text.substring(text.indexOf(BETWEEN) + BETWEEN.length()), Expected.class)
                    .findings()
                    .forEach(f -> shown.add(f.reason()));
        }
        assertThat(shown).containsExactlyInAnyOrderElementsOf(REASONS);
    }

    @Test
    void no_message_carries_a_control_or_invisible_character() throws IOException {
        for (Path file : cases()) {
            String text = Files.readString(file);
            assertThat(text.substring(text.indexOf(BETWEEN)).replace("\n", ""))
                    .as("%s", file)
                    .doesNotContainPattern("\\p{C}");
        }
    }

    private static String write(Expected expected) throws IOException {
        ObjectNode tree = Examples.YAML.createObjectNode();
        tree.put("outcome", expected.outcome());
        for (Found found : expected.findings()) {
            tree.withArray("findings")
                    .addObject()
                    .put("reason", found.reason().name())
                    .set("text", TextNode.valueOf(found.text()));
        }
        return new com.fasterxml.jackson.dataformat.yaml.YAMLMapper()
                .configure(com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature.WRITE_DOC_START_MARKER, false)
                .configure(com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature.SPLIT_LINES, false)
                .configure(
                        com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR, true)
                .writeValueAsString(tree);
    }

    private static Expected run(Case given) throws IOException {
        ObjectNode tree = Examples.tree(given.example());
        if (given.tenant() != null) {
            merge(tree, given.tenant());
        }
        Tenant tenant = Examples.tenant(tree);
        return switch (TenantValidator.validate(tenant, surroundings(given))) {
            case Validation.Invalid invalid ->
                new Expected(
                        "Invalid", invalid.findings().stream().map(Found::of).toList());
            case Validation.Valid valid ->
                new Expected("Valid", valid.looser().stream().map(Found::of).toList());
        };
    }

    private static Surroundings surroundings(Case given) throws IOException {
        Surroundings usual = Examples.around(Examples.tenant(Examples.tree(given.example())));
        return new Surroundings(
                profile(given, usual),
                Examples.backends(
                        given.databaseServers() == null
                                ? usual.backends(DatabaseServer.class)
                                : servers(given.databaseServers()),
                        given.objectStores() == null
                                ? usual.backends(ObjectStore.class)
                                : stores(given.objectStores())),
                given.placement() == null
                        ? usual.placement()
                        : given.placement().placement(),
                usual.settings(),
                adoption(given),
                Examples.TODAY,
                given.provisioned());
    }

    private static @Nullable TenantProfileSpec profile(Case given, Surroundings usual) throws IOException {
        if (given.profile() == null) {
            return usual.profile();
        }
        if (given.profile().isTextual()) {
            return null; // profile: none
        }
        ObjectNode tree = Examples.YAML.valueToTree(usual.profile());
        merge(tree, given.profile());
        return Examples.convert(tree, TenantProfileSpec.class);
    }

    private static List<DatabaseServer> servers(List<Backend> backends) throws IOException {
        List<DatabaseServer> servers = new ArrayList<>();
        for (Backend b : backends) {
            DatabaseServer server = Examples.server(
                    b.name(),
                    b.environment() == null ? "production" : b.environment(),
                    b.ready() == null || b.ready(),
                    b.load(),
                    b.extensions() == null ? new String[0] : b.extensions().toArray(String[]::new));
            if (b.spec() != null) {
                ObjectNode tree = Examples.YAML.valueToTree(server);
                merge((ObjectNode) tree.get("spec"), b.spec());
                server = Examples.convert(tree, DatabaseServer.class);
            }
            servers.add(server);
        }
        return servers;
    }

    private static List<ObjectStore> stores(List<Backend> backends) {
        return backends.stream()
                .map(b -> Examples.store(
                        b.name(),
                        b.environment() == null ? "production" : b.environment(),
                        b.ready() == null || b.ready(),
                        b.load()))
                .toList();
    }

    private static Adoption adoption(Case given) {
        Tombstone former = null;
        if (given.former() != null) {
            ObjectNode tree = Examples.YAML.createObjectNode();
            tree.putObject("metadata").put("name", given.former().identity());
            tree.putObject("status").put("tenant", given.former().tenant());
            former = Examples.convert(tree, Tombstone.class);
        }
        return new Adoption(former, given.holders() == null ? List.of() : given.holders());
    }

    /** JSON merge patch (RFC 7396): objects are merged, null removes, all else replaces. */
    static void merge(ObjectNode target, JsonNode patch) {
        patch.properties().forEach(p -> {
            if (p.getValue().isNull()) {
                target.remove(p.getKey());
            } else if (p.getValue() instanceof ObjectNode change) {
                ObjectNode inner = target.get(p.getKey()) instanceof ObjectNode o ? o : target.putObject(p.getKey());
                merge(inner, change);
            } else {
                target.set(p.getKey(), p.getValue());
            }
        });
    }
}
