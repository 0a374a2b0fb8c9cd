package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.generator.annotation.ValidationRule;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each field that a profile can bound: a Tenant at the bound is accepted, a Tenant beyond it is not. */
class ProfileBoundsTest {
    private static final Pattern QUOTED = Pattern.compile("'([^']+)'");
    private static final String WORKFLOW = "workflows: [{name: w, namespace: app, image: %s%s}]";
    private static final String EGRESS = "network: {egress: [{name: e, %s, ports: [{port: %s}]%s}]}";
    private static final String DIGEST = "registry.example/w@sha256:" + "4".repeat(64);

    static Stream<Arguments> bounds() {
        return Stream.of(
                arguments("protectionNeed", "min: high", "protectionNeed: high", "protectionNeed: normal"),
                arguments("protectionNeed", "oneOf: [normal]", "protectionNeed: normal", "protectionNeed: high"),
                arguments(
                        "protectionNeed.highFor",
                        "oneOf: [health]",
                        "{protectionNeed: high, dataCategories: [health]}",
                        "{protectionNeed: normal, dataCategories: [contact, health]}"),
                arguments(
                        "protectionNeed.highFor",
                        "oneOf: [health]",
                        "{protectionNeed: normal, dataCategories: [contact]}",
                        "{dataCategories: [health]}"),
                arguments("environment", "oneOf: [development]", "environment: development", "environment: production"),
                arguments(
                        "dataCategories",
                        "oneOf: [contact, usage]",
                        "dataCategories: [usage, contact]",
                        "dataCategories: [usage, payroll]"),
                arguments("contract.reference", "oneOf: [required]", "contract: {reference: A-1}", "contract: null"),
                arguments(
                        "people.admins",
                        "max: '1'",
                        people("admins", "user: a"),
                        people("admins", "user: a", "user: b")),
                arguments("people.admins", "max: '2'", people("admins", "user: a"), people("admins", "group: a")),
                arguments("people.users", "min: '1'", people("users", "user: a"), "people: {users: []}"),
                arguments(
                        "people.auditors",
                        "max: '1'",
                        people("auditors", "user: a"),
                        people("auditors", "user: a", "user: b")),
                arguments(
                        "people.auditors.until",
                        "oneOf: [required]",
                        people("auditors", "user: a, until: '2027-01-01'"),
                        people("auditors", "user: a, until: '2027-01-01'", "user: b")),
                arguments("namespaces", "max: '1'", "namespaces: [{name: a}]", "namespaces: [{name: a}, {name: b}]"),
                arguments("quota.cpu", "max: '2'", "quota: {cpu: 2000m}", "quota: {cpu: 2001m}"),
                arguments("quota.memory", "max: 1Gi", "quota: {memory: 1024Mi}", "quota: {memory: 1025Mi}"),
                arguments("quota.storage", "min: 1G", "quota: {storage: 1Gi}", "quota: {storage: 999M}"),
                arguments(
                        "quota.ephemeralStorage",
                        "max: 20Gi",
                        "quota: {ephemeralStorage: 20Gi}",
                        "quota: {ephemeralStorage: 21Gi}"),
                arguments(
                        "quota.devices",
                        "max: '2'",
                        "quota: {devices: {nvidia.com/gpu: 2}}",
                        "quota: {devices: {nvidia.com/gpu: 3}}"),
                arguments("quota.pods", "max: '9'", "quota: {pods: 9}", "quota: {pods: 10}"),
                arguments(
                        "network.ingressFrom",
                        "oneOf: [gateway]",
                        "network: {ingressFrom: [gateway]}",
                        "network: {ingressFrom: [gateway, monitoring]}"),
                arguments(
                        "network.egress.kind",
                        "oneOf: [hosts]",
                        EGRESS.formatted("hosts: [a.example]", "443", ""),
                        EGRESS.formatted("cidrs: [192.0.2.0/24]", "443", "")),
                arguments(
                        "network.egress.ports",
                        "oneOf: ['443', '5000-5009/UDP']",
                        EGRESS.formatted("hosts: [a.example]", "5001, endPort: 5009, protocol: UDP", ""),
                        EGRESS.formatted("hosts: [a.example]", "5001, endPort: 5010, protocol: UDP", "")),
                arguments(
                        "network.egress.ports",
                        "oneOf: ['443']",
                        EGRESS.formatted("hosts: [a.example]", "443", ""),
                        EGRESS.formatted("hosts: [a.example]", "443, protocol: UDP", "")),
                arguments(
                        "network.egress.subprocessor",
                        "oneOf: [required]",
                        EGRESS.formatted("hosts: [a.example]", "443", ", subprocessor: a"),
                        EGRESS.formatted("hosts: [a.example]", "443", "")),
                arguments("database.mode", "oneOf: [Schema]", "database: {mode: Schema}", null),
                arguments(
                        "database.connectionLimit",
                        "max: '10'",
                        "database: {connectionLimit: 10}",
                        "database: {connectionLimit: 11}"),
                arguments(
                        "database.statementTimeout",
                        "max: PT1M",
                        "database: {statementTimeout: PT60S}",
                        "database: {statementTimeout: PT61S}"),
                arguments(
                        "database.extensions",
                        "oneOf: [pgcrypto]",
                        "database: {extensions: [pgcrypto]}",
                        "database: {extensions: [pgcrypto, dblink]}"),
                arguments("objectStore.quota", "max: 1Gi", "objectStore: {quota: 1Gi}", "objectStore: {quota: 2Gi}"),
                arguments("objectStore.quota", "max: 1Gi", "objectStore: {quota: 1Mi}", "objectStore: {quota: null}"),
                arguments(
                        "objectStore.noncurrentVersions",
                        "max: P30D",
                        "objectStore: {noncurrentVersions: P30D}",
                        "objectStore: {noncurrentVersions: P1M}"),
                arguments(
                        "workflows.image",
                        "oneOf: [digest]",
                        WORKFLOW.formatted(DIGEST, ""),
                        WORKFLOW.formatted("'registry.example/w:1'", "")),
                arguments(
                        "workflows.registries",
                        "oneOf: [registry.example]",
                        WORKFLOW.formatted(DIGEST, ""),
                        WORKFLOW.formatted("'registry.example.evil.example/w:1'", "")),
                arguments(
                        "workflows.registries",
                        "oneOf: [docker.io]",
                        WORKFLOW.formatted("library/w", ""),
                        WORKFLOW.formatted("'localhost/w'", "")),
                arguments(
                        "workflows.replicas",
                        "min: '2'",
                        WORKFLOW.formatted(DIGEST, ", replicas: 2"),
                        WORKFLOW.formatted(DIGEST, "")),
                arguments(
                        "workflows.resources",
                        "oneOf: [required]",
                        WORKFLOW.formatted(DIGEST, ", resources: {cpu: 1, memory: 1Gi}"),
                        WORKFLOW.formatted(DIGEST, "")),
                // Volume claims are no part of a Tenant: admission holds them to it.
                arguments("storage.classes", "oneOf: [encrypted]", "environment: production", null),
                arguments("pods.runtimeClasses", "oneOf: [gvisor]", "environment: production", null),
                arguments("pods.priorityClasses", "oneOf: [batch]", "environment: production", null),
                arguments(
                        "pods.devices",
                        "oneOf: [nvidia.com/gpu]",
                        "quota: {devices: {nvidia.com/gpu: 1, example.org/nic: 0}}",
                        "quota: {devices: {nvidia.com/gpu: 1, example.org/nic: 1}}"),
                arguments("storage.claims", "oneOf: [Block]", "environment: production", null),
                arguments(
                        "retention.calls",
                        "{min: P7D, max: P365D}",
                        "retention: [{dataClass: calls, keep: P52W}]",
                        "retention: [{dataClass: calls, keep: P1Y}]"),
                arguments(
                        "retention.calls",
                        "max: P365D",
                        "retention: [{dataClass: calls, keep: P1D}]",
                        "retention: [{dataClass: other, keep: P1D}]"),
                arguments(
                        "retention.calls",
                        "oneOf: [P30D, P24M]",
                        "retention: [{dataClass: calls, keep: P2Y}]",
                        "retention: [{dataClass: calls, keep: P31D}]"),
                arguments(
                        "retention.calls",
                        "oneOf: [unlimited]",
                        "retention: []",
                        "retention: [{dataClass: calls, keep: P99Y}]"));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    void a_tenant_may_be_as_loose_as_its_profile_and_no_looser(
            String field, String bound, String accepted, @org.jspecify.annotations.Nullable String refused)
            throws IOException {
        assertThat(check(field, bound, accepted)).isEmpty();
        if (refused != null) {
            assertThat(check(field, bound, refused))
                    .isNotEmpty()
                    .allSatisfy(f -> assertThat(f.reason())
                            .isEqualTo(java.util.Objects.requireNonNull(BoundField.of(field))
                                    .reason()))
                    .allSatisfy(f ->
                            assertThat(f.message()).contains("measure 000-99").contains("profile test"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "quota.cpu, max: many, 'many' must be",
                "quota.cpu, \"oneOf: ['9', many]\", 'many' must be",
                "environment, min: production, takes oneOf only",
                "quota.cpu, {}, bounds nothing",
            })
    void a_bound_that_nothing_can_keep_is_the_profiles_mistake_and_said_alone(
            String field, String bound, String mistake) throws IOException {
        assertThat(check(field, bound, "quota: {cpu: 9999}")).singleElement().satisfies(finding -> {
            assertThat(finding.reason()).isEqualTo(Reason.InvalidProfile);
            assertThat(finding.message()).contains(mistake);
        });
    }

    @Test
    void every_field_that_can_be_bound_has_a_case() {
        assertThat(bounds().map(a -> BoundField.of((String) a.get()[0])).distinct())
                .containsExactlyInAnyOrder(BoundField.values());
        assertThat(Arrays.stream(BoundField.values()).map(BoundField::path)).doesNotHaveDuplicates();
    }

    /** The API server refuses a profile that names anything else. */
    @Test
    void the_rules_of_the_crd_know_the_same_fields_and_controls() {
        List<List<String>> known = Arrays.stream(TenantProfileSpec.class.getAnnotationsByType(ValidationRule.class))
                .map(rule -> QUOTED.matcher(rule.value().substring(rule.value().indexOf(" in [")))
                        .results()
                        .map(m -> m.group(1))
                        .toList())
                .toList();

        assertThat(known)
                .containsExactly(
                        Arrays.stream(BoundField.values())
                                .filter(f -> f != BoundField.RETENTION)
                                .map(BoundField::path)
                                .toList(),
                        Arrays.stream(Control.values()).map(Control::id).toList());
    }

    private static String people(String role, String... persons) {
        return "people: {" + role + ": [{" + String.join("}, {", persons) + "}]}";
    }

    private static List<Finding> check(String field, String bound, String spec) throws IOException {
        JsonNode change = Examples.YAML.readTree("spec: " + (spec.startsWith("{") ? spec : "{" + spec + "}"));
        ObjectNode tree = Examples.tree("portal-waschhaus");
        InvalidTenantsTest.merge(tree, change);
        TenantSpec tenant = Examples.tenant(tree).getSpec();
        ObjectNode limits = (ObjectNode) Examples.YAML.readTree(bound.startsWith("{") ? bound : "{" + bound + "}");
        limits.putArray("measure").add("000-99");
        TenantProfileSpec rules = new TenantProfileSpec(
                "Test",
                "TOM",
                Map.of(field, Examples.convert(limits, TenantProfileSpec.Bound.class)),
                Map.of(),
                Map.of(),
                true,
                false,
                null);
        Findings findings = new Findings();
        ProfileBounds.check(tenant, "test", rules, findings);
        return findings.list();
    }
}
