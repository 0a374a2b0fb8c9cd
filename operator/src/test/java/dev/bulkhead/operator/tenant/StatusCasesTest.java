package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.validate.ValidTenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people are told about a tenant, one folder for each case: {@code in-tenant} (what it asks for), {@code in-outcomes}
 * (what came of applying it), {@code in-proofs} (what the prober says, where it ran) become {@code out-status}. A new
 * folder is a new case; {@code -Dbulkhead.regenerate=true} writes what comes out, for review.
 */
class StatusCasesTest {
    private static final Path ROOT = Path.of("src/test/resources/status");
    private static final boolean REGENERATE = Boolean.getBoolean("bulkhead.regenerate");
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Duration VALIDITY = Duration.ofHours(3);
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** A tenant of the fixtures. */
    enum Like {
        full,
        plain,
        suspended
    }

    /**
     * What the tenant asks for.
     *
     * @param required controls that the profile of the full tenant requires; without it, none
     */
    record Asked(Like like, @Nullable List<String> required) {}

    /**
     * What came of a pass. Every feature that is not named is done.
     *
     * @param refused why the Tenant could not be planned; then nothing was applied
     * @param broken correlation of an error nobody thought of; then nothing is known
     * @param heldBack features that were not reached
     * @param before the case whose status was there before
     * @param databaseSeenMinutesAgo when the database server was last looked at; each minute it should be
     * @param storeSeenMinutesAgo the same of the object store
     * @param appliedMinutesAgo when this process last applied the plan
     * @param beforeMinutesAgo age of the status that was there before
     * @param workflows available pods of each of the tenant's workflows; all of them where it is not named
     * @param unavailable what keeps workflows from running as the spec says
     */
    record Outcomes(
            @Nullable List<Finding> refused,
            @Nullable String broken,
            @Nullable Map<PartId, Finding> waiting,
            @Nullable Map<PartId, Finding> blocked,
            @Nullable Map<PartId, List<Finding>> without,
            @Nullable Set<PartId> heldBack,
            @Nullable List<Finding> looser,
            @Nullable List<Capability> databaseCapabilities,
            @Nullable List<Capability> storeCapabilities,
            @Nullable Map<String, Integer> workflows,
            @Nullable List<Finding> unavailable,
            @Nullable Integer databaseSeenMinutesAgo,
            @Nullable Integer storeSeenMinutesAgo,
            @Nullable Integer appliedMinutesAgo,
            @Nullable Integer beforeMinutesAgo,
            @Nullable String before) {}

    /**
     * What the prober says.
     *
     * @param minutesAgo age of the proofs
     * @param proven controls with a proof; {@code isolating} stands for all that isolate
     * @param incidents how many nobody has acknowledged
     */
    record Proofs(
            int minutesAgo,
            @Nullable List<String> proven,
            @Nullable Map<String, String> failed,
            @Nullable Map<String, String> breached,
            @Nullable Map<String, String> inconclusive,
            int incidents,
            int leftOut) {}

    static Stream<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders
                    .filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void the_status_is_what_was_reviewed(String name) throws IOException {
        Path out = ROOT.resolve(name).resolve("out-status.yaml");
        String text = StatusText.of(status(name));
        if (REGENERATE) {
            Files.writeString(out, text);
        }
        assertThat(out).exists();
        assertThat(text).isEqualTo(Files.readString(out));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_case_has_no_file_that_nobody_reads(String name) throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve(name))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .isSubsetOf("in-tenant.yaml", "in-outcomes.yaml", "in-proofs.yaml", "out-status.yaml");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_second_look_at_the_same_changes_nothing(String name) {
        TenantStatus first = status(name);

        TenantStatus second = status(name, first, NOW.plusSeconds(60));
        assertThat(StatusText.of(second)).isEqualTo(StatusText.of(first));
        assertThat(second.equals(first)).isTrue();
    }

    @Test
    void there_are_cases() throws IOException {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(30);
    }

    private static TenantStatus status(String name) {
        Outcomes outcomes = outcomes(name);
        String before = outcomes.before();
        if (before == null) {
            return status(name, null, NOW);
        }
        Integer age = outcomes.beforeMinutesAgo();
        Instant then = NOW.minus(Duration.ofMinutes(age == null ? 0 : age));
        return status(name, status(before, null, then, proofs(before, then)), NOW);
    }

    private static TenantStatus status(String name, @Nullable TenantStatus before, Instant now) {
        return status(name, before, now, proofs(name, NOW));
    }

    private static TenantStatus status(String name, @Nullable TenantStatus before, Instant now, TenantProofs proofs) {
        TenantReport report = new TenantReport(before, 7, now, lastApplied(outcomes(name)), proofs);
        Outcomes outcomes = outcomes(name);
        ValidTenant tenant = tenant(name);
        if (outcomes.broken() != null) {
            return report.broken(tenant.identity().value(), outcomes.broken());
        }
        if (outcomes.refused() != null) {
            return report.refused(
                    tenant.identity().value(), outcomes.refused(), "waits for a change of the Tenant or the platform");
        }
        return report.of(EvidenceOf.tenant(
                tenant,
                list(outcomes.looser()),
                applied(outcomes),
                new TenantStatus.DatabaseStatus(
                        "pg-one",
                        "shard-a",
                        tenant.identity().schema(),
                        tenant.suspended() ? null : tenant.identity().schema() + "_l1"),
                new TenantStatus.ObjectStoreStatus(
                        "s3-one",
                        tenant.identity().bucket(),
                        tenant.suspended() ? null : tenant.identity().bucket() + "-1"),
                workflows(tenant, map(outcomes.workflows())),
                list(outcomes.unavailable()),
                EvidenceOf.view(list(outcomes.databaseCapabilities()), look(outcomes.databaseSeenMinutesAgo())),
                EvidenceOf.view(list(outcomes.storeCapabilities()), look(outcomes.storeSeenMinutesAgo()))));
    }

    private static Optional<Look> look(@Nullable Integer minutesAgo) {
        return Optional.ofNullable(minutesAgo)
                .map(minutes -> new Look(NOW.minus(Duration.ofMinutes(minutes)), Duration.ofMinutes(1)));
    }

    private static @Nullable Instant lastApplied(Outcomes outcomes) {
        return outcomes.appliedMinutesAgo() == null
                ? null
                : NOW.minus(Duration.ofMinutes(outcomes.appliedMinutesAgo()));
    }

    private static Applied applied(Outcomes outcomes) {
        Map<PartId, List<Outcome>> applied = new EnumMap<>(PartId.class);
        for (PartId feature : PartId.values()) {
            Finding waiting = map(outcomes.waiting()).get(feature);
            Finding blocked = map(outcomes.blocked()).get(feature);
            if (waiting != null) {
                applied.put(feature, List.of(new Outcome.Waiting(waiting)));
            } else if (blocked != null) {
                applied.put(feature, List.of(new Outcome.Blocked(blocked)));
            } else if (outcomes.heldBack() == null || !outcomes.heldBack().contains(feature)) {
                applied.put(
                        feature,
                        List.of(new Outcome.Done(0, map(outcomes.without()).getOrDefault(feature, List.of()))));
            }
        }
        return new Applied(applied);
    }

    private static List<TenantStatus.WorkflowStatus> workflows(ValidTenant tenant, Map<String, Integer> available) {
        return tenant.spec().workflows().stream()
                .map(w -> {
                    int wanted = tenant.suspended() ? 0 : w.replicas();
                    return new TenantStatus.WorkflowStatus(
                            w.name(),
                            tenant.namespace(w.namespace()).fullName(),
                            wanted,
                            available.getOrDefault(w.name(), wanted));
                })
                .toList();
    }

    private static TenantProofs proofs(String name, Instant now) {
        Path file = ROOT.resolve(name).resolve("in-proofs.yaml");
        if (!Files.exists(file)) {
            return TenantProofs.NONE;
        }
        Proofs in = read(file, Proofs.class);
        Instant at = now.minus(Duration.ofMinutes(in.minutesAgo()));
        Map<Control, ControlProof> proofs = new EnumMap<>(Control.class);
        for (Control control : Control.values()) {
            List<String> proven = list(in.proven());
            String failed = map(in.failed()).get(control.id());
            String breached = map(in.breached()).get(control.id());
            String unclear = map(in.inconclusive()).get(control.id());
            if (breached != null) {
                proofs.put(control, proof(control, ControlProof.RoundFinding.Failed, true, breached, at));
            } else if (failed != null) {
                proofs.put(control, proof(control, ControlProof.RoundFinding.Failed, false, failed, at));
            } else if (unclear != null) {
                proofs.put(control, proof(control, ControlProof.RoundFinding.Inconclusive, false, unclear, at));
            } else if (proven.contains(control.id()) || (proven.contains("isolating") && control.isolates())) {
                proofs.put(control, proof(control, ControlProof.RoundFinding.Proven, false, "8 of 8", at));
            }
        }
        return new TenantProofs(
                proofs,
                Stream.generate(() -> ProbedTenants.incident(at, null))
                        .limit(in.incidents())
                        .toList(),
                in.leftOut());
    }

    private static ControlProof proof(
            Control control, ControlProof.RoundFinding finding, boolean breach, String message, Instant at) {
        return new ControlProof(control, finding, breach, 8, 8, message, at, at.plus(VALIDITY));
    }

    private static ValidTenant tenant(String name) {
        Asked in = read(ROOT.resolve(name).resolve("in-tenant.yaml"), Asked.class);
        return in.required() != null
                ? Tenants.requiring(in.required())
                : switch (in.like()) {
                    case full -> Tenants.full();
                    case plain -> Tenants.plain();
                    case suspended -> Tenants.suspended();
                };
    }

    private static Outcomes outcomes(String name) {
        return read(ROOT.resolve(name).resolve("in-outcomes.yaml"), Outcomes.class);
    }

    private static <T> T read(Path file, Class<T> type) {
        try {
            return Objects.requireNonNull(YAML.readValue(Files.readString(file), type), file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> List<T> list(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static <K, V> Map<K, V> map(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }
}
