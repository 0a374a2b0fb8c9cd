package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.evidence.ServerStanding;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.probe.objectstore.NamesProbe;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** Names that lead out of a bucket, tried with delivered keys: on a server that keeps them and on one that does not. */
class NamesProbeIT {
    private final TenantIdentity one = Fixtures.freshIdentity();
    private final TenantIdentity two = Fixtures.freshIdentity();
    private final TenantIdentity tenant = Fixtures.freshIdentity();
    private boolean canaries;

    @Test
    void seaweedfs_keeps_all_of_them_and_a_tenants_bucket_has_nothing_new() throws InterruptedException {
        try (TestStore store = TestStore.start(StoreKind.SeaweedFs)) {
            settle(store);
            try (NamesProbe probe = probe(store, true)) {
                assertThat(notBlocked(probe.run(subject(store, "klinik-nord", tenant), List.of())))
                        .isEmpty();
                String before = versions(store, one) + uploads(store, one) + uploads(store, tenant);

                List<Trial> again = probe.run(subject(store, "klinik-nord", tenant), List.of());

                assertThat(again).hasSizeGreaterThan(15).allMatch(trial -> trial.result() == Trial.TrialResult.Blocked);
                assertThat(versions(store, one) + uploads(store, one) + uploads(store, tenant))
                        .as("the victim stays as it is, and no upload is left")
                        .isEqualTo(before);
                assertThat(store.root
                                .listObjectVersions(r -> r.bucket(tenant.bucket()))
                                .versions())
                        .extracting(version -> version.key())
                        .containsExactlyInAnyOrder(".bulkhead/canary", "letter");

                store.client(tenant, Slot.One)
                        .putObject(r -> r.bucket(tenant.bucket()).key(".bulkhead/canary"), RequestBody.empty());
                assertThat(probe.run(subject(store, "klinik-nord", tenant), List.of()))
                        .as("what an empty object has everybody knows")
                        .noneMatch(trial -> trial.result() == Trial.TrialResult.Through);
            }
            try (NamesProbe probe = probe(store, false)) {
                List<String> open = notBlocked(probe.run(subject(store, "canary-one", one), List.of()));
                for (int round = 0; round < 5 && !open.isEmpty(); round++) {
                    // Of a server that is slow some are unclear, and due in the next round.
                    open = notBlocked(probe.run(subject(store, "canary-one", one), List.of()));
                }
                assertThat(open).isEmpty();
                assertThat(probe.servers())
                        .extracting(ServerStanding::standing)
                        .containsExactly(ServerStanding.Standing.Apart);
            }
        }
    }

    @Test
    void versitygw_is_found_by_the_canaries_once_for_all_and_nobodys_objects_are_met() throws InterruptedException {
        try (TestStore store = TestStore.onVersity()) {
            settle(store);
            try (NamesProbe probe = probe(store, false)) {
                ControlProof canary = proof(probe.run(subject(store, "canary-one", one), List.of()));
                ControlProof others = proof(probe.run(subject(store, "klinik-nord", tenant), List.of()));

                assertThat(canary.finding()).isEqualTo(RoundFinding.Failed);
                assertThat(canary.message()).contains("upload id of UploadPart");
                assertThat(others.finding()).isEqualTo(RoundFinding.Failed);
                assertThat(others.message()).contains("tried by a canary");
                assertThat(List.of(canary, others))
                        .as("the server's finding, and no Incident of a tenant")
                        .noneMatch(ControlProof::breach);
                assertThat(probe.servers()).singleElement().satisfies(server -> {
                    assertThat(server.standing()).isEqualTo(ServerStanding.Standing.NotApart);
                    assertThat(server.message()).contains("key in a DeleteObjects body", "upload id of AbortMultipart");
                });
            }
            nobodyElseWasMet(store);
        }
    }

    @Test
    void versitygw_is_found_by_a_tenant_too() throws InterruptedException {
        try (TestStore store = TestStore.onVersity()) {
            settle(store);
            try (NamesProbe probe = probe(store, true)) {
                List<Trial> trials = probe.run(subject(store, "klinik-nord", tenant), List.of());

                assertThat(trials)
                        .filteredOn(trial -> trial.result() == Trial.TrialResult.Through)
                        .extracting(Trial::name)
                        .contains(
                                "leaves its bucket by the key in a DeleteObjects body",
                                "leaves its bucket by the upload id of UploadPart",
                                "leaves its bucket by the upload id of AbortMultipartUpload");
                assertThat(trials).noneMatch(Trial::breach);
            }
            nobodyElseWasMet(store);
        }
    }

    @Test
    void where_no_canary_is_nothing_is_proven() throws InterruptedException {
        try (TestStore store = TestStore.onVersity()) {
            store.tenant(tenant);
            try (NamesProbe probe = probe(store, false)) {
                // The canaries have no key there.
                ControlProof proof = proof(probe.run(subject(store, "klinik-nord", tenant), List.of()));

                assertThat(proof.finding()).isEqualTo(RoundFinding.Inconclusive);
                assertThat(proof.message()).contains("profile bulkhead-canary");
            }
        }
    }

    /** The canaries' buckets and the tenant's are there, and somebody's object in each of them that is to stay. */
    private void settle(TestStore store) {
        for (TenantIdentity identity : List.of(one, two, tenant)) {
            store.tenant(identity);
            store.client(identity, Slot.One)
                    .putObject(r -> r.bucket(identity.bucket()).key("letter"), RequestBody.fromString("theirs"));
        }
        canaries = true;
    }

    private void nobodyElseWasMet(TestStore store) {
        for (TenantIdentity identity : List.of(one, two, tenant)) {
            assertThat(store.root
                            .getObjectAsBytes(r -> r.bucket(identity.bucket()).key("letter"))
                            .asUtf8String())
                    .isEqualTo("theirs");
        }
    }

    private NamesProbe probe(TestStore store, boolean atOnce) {
        return new NamesProbe(
                subject -> key(store, subject),
                () -> List.of(subject(store, "canary-one", one), subject(store, "canary-two", two)),
                atOnce,
                ExternalCalls.unobserved(),
                new Random(1),
                Clock.systemUTC());
    }

    private Optional<StoreConnection> key(TestStore store, Subject subject) {
        if (!canaries && !subject.identity().equals(tenant)) {
            return Optional.empty();
        }
        StoreConnection root = store.server.connection();
        return Optional.of(new StoreConnection(
                root.store(),
                root.endpoint(),
                root.endpoint(),
                root.region(),
                store.accessKeyId(subject.identity(), Slot.One),
                Fixtures.secret(subject.identity(), Slot.One).secret(),
                root.caCertificates(),
                root.limits()));
    }

    private static Subject subject(TestStore store, String name, TenantIdentity identity) {
        return new Subject(
                name,
                identity,
                Tenants.plainSpec(),
                BackedParts.homes(
                        null,
                        new TenantStatus.ObjectStoreStatus(
                                "objects-1", identity.bucket(), store.accessKeyId(identity, Slot.One))));
    }

    private static List<String> notBlocked(List<Trial> trials) {
        return trials.stream()
                .filter(trial -> trial.result() != Trial.TrialResult.Blocked)
                .map(Trial::explanation)
                .toList();
    }

    private static ControlProof proof(List<Trial> trials) {
        return ControlProof.of(Set.of(Control.TI_OBJ), trials, Instant.EPOCH, Duration.ofHours(24))
                .getFirst();
    }

    private static String versions(TestStore store, TenantIdentity identity) {
        var versions = store.root.listObjectVersions(r -> r.bucket(identity.bucket()));
        return versions.versions().toString() + versions.deleteMarkers();
    }

    private static String uploads(TestStore store, TenantIdentity identity) {
        return store.root.listMultipartUploads(r -> r.bucket(identity.bucket())).uploads().stream()
                .map(upload -> upload.key())
                .toList()
                .toString();
    }
}
