package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.probe.objectstore.LentKeys;
import dev.bulkhead.operator.probe.objectstore.ObjectStoreProbe;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;

/** What the probe says of buckets that are closed, and of each way to open one by hand. */
class ObjectStoreProbeIT {
    private static TestStore store;
    private TenantIdentity attacker = Fixtures.freshIdentity();
    private TenantIdentity victim = Fixtures.freshIdentity();

    @BeforeAll
    static void start() {
        store = TestStore.start(StoreKind.SeaweedFs);
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @BeforeEach
    void two_tenants() {
        attacker = Fixtures.freshIdentity();
        victim = Fixtures.freshIdentity();
        store.tenant(attacker);
        store.tenant(victim);
    }

    @Test
    void buckets_that_are_closed_are_proven_and_nothing_is_left_behind_but_the_canary() throws InterruptedException {
        List<Trial> first = run(this::key);
        String before = everything();

        List<Trial> trials = run(this::key);

        assertThat(trials).hasSizeGreaterThan(30);
        assertThat(trials)
                .filteredOn(trial -> trial.result() != Trial.TrialResult.Blocked)
                .isEmpty();
        assertThat(proof(first).finding()).isEqualTo(RoundFinding.Proven);
        assertThat(proof(trials).finding()).isEqualTo(RoundFinding.Proven);
        assertThat(everything()).isEqualTo(before);
        assertThat(store.root.listObjectVersions(r -> r.bucket(victim.bucket())).versions())
                .extracting(version -> version.key())
                .containsExactly(".bulkhead/canary");
    }

    /** A way in that somebody opened in a bucket's policy, and what has to be named. */
    record Hole(String effect, String principal, String action, String resource, boolean own, String named) {
        @Override
        public String toString() {
            return action + " for " + principal;
        }
    }

    /** No policy and no ACL lets anybody write without a key here: this server asks them for reads alone. */
    static Stream<Hole> holes() {
        return Stream.of(
                new Hole("Allow", "*", "s3:GetObject", "/*", false, "reads an object of another tenant"),
                new Hole("Allow", "*", "s3:GetObject", "/*", false, "copies an object of another tenant out"),
                new Hole("Allow", "*", "s3:GetObject", "/*", true, "reads an object without a key"),
                new Hole("Allow", "{a}", "s3:GetObject", "/*", false, "asks about an object of another tenant"),
                new Hole(
                        "Allow", "{a}", "s3:GetObject", "/*", false, "copies an object of another tenant out in parts"),
                new Hole("Allow", "{a}", "s3:PutObject", "/*", false, "puts an object into another tenant's bucket"),
                new Hole("Allow", "{a}", "s3:PutObject", "/*", false, "copies an object into another tenant's bucket"),
                new Hole("Allow", "{a}", "s3:PutObject", "/*", false, "begins an upload into another tenant's bucket"),
                new Hole("Allow", "{a}", "s3:DeleteObject", "/*", false, "deletes an object of another tenant"),
                new Hole(
                        "Allow",
                        "{a}",
                        "s3:DeleteObjectVersion",
                        "/*",
                        false,
                        "erases a version of another tenant's object"),
                new Hole("Allow", "{a}", "s3:ListBucket", "", false, "lists objects of another tenant"),
                new Hole("Allow", "*", "s3:ListBucket", "", true, "lists objects without a key"),
                new Hole(
                        "Allow",
                        "{a}",
                        "s3:ListBucketVersions",
                        "",
                        false,
                        "lists versions of another tenant's objects"),
                new Hole(
                        "Allow", "{a}", "s3:GetBucketPolicy", "", false, "reads the policy of another tenant's bucket"),
                new Hole(
                        "Allow",
                        "{a}",
                        "s3:PutBucketPolicy",
                        "",
                        false,
                        "changes the policy of another tenant's bucket"),
                new Hole("Allow", "{a}", "s3:PutBucketPolicy", "", true, "changes the policy of its own bucket"),
                new Hole(
                        "Allow",
                        "{a}",
                        "s3:PutBucketVersioning",
                        "",
                        false,
                        "changes versioning of another tenant's bucket"),
                new Hole("Allow", "{a}", "s3:GetBucketAcl", "", false, "reads the ACL of another tenant's bucket"));
    }

    @ParameterizedTest
    @MethodSource("holes")
    void a_policy_that_somebody_opened_is_found_and_named(Hole hole) throws InterruptedException {
        assertThat(proof(run(this::key)).finding()).isEqualTo(RoundFinding.Proven);
        open(hole);
        String before = everything();

        List<Trial> trials = run(this::key);

        assertThat(proof(trials).finding()).as("%s", trials).isEqualTo(RoundFinding.Failed);
        assertThat(trials.stream()
                        .filter(trial -> trial.result() == Trial.TrialResult.Through)
                        .map(Trial::name))
                .contains(hole.named());
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void a_public_acl_is_found() throws InterruptedException {
        run(this::key);
        store.root.putBucketOwnershipControls(r -> r.bucket(attacker.bucket())
                .ownershipControls(c -> c.rules(List.of(OwnershipControlsRule.builder()
                        .objectOwnership(ObjectOwnership.BUCKET_OWNER_PREFERRED)
                        .build()))));
        store.root.deleteBucketPolicy(r -> r.bucket(attacker.bucket()));
        store.root.deletePublicAccessBlock(r -> r.bucket(attacker.bucket()));
        store.root.putBucketAcl(r -> r.bucket(attacker.bucket()).acl("public-read"));

        assertThat(run(this::key).stream()
                        .filter(trial -> trial.result() == Trial.TrialResult.Through)
                        .map(Trial::name))
                .contains("lists objects without a key");
    }

    @Test
    void an_upload_that_a_kill_left_unfinished_is_aborted_by_the_next_round() throws InterruptedException {
        store.client(attacker, Slot.One)
                .createMultipartUpload(r -> r.bucket(attacker.bucket()).key(".bulkhead/probe/parts"));

        run(this::key);

        assertThat(store.root
                        .listMultipartUploads(r -> r.bucket(attacker.bucket()))
                        .uploads())
                .isEmpty();
    }

    @Test
    void a_round_that_is_cut_off_leaves_nothing_that_the_next_one_does_not_remove() throws InterruptedException {
        run(this::key);
        String before = everything();
        CountedCalls calls = new CountedCalls();
        FutureTask<List<Trial>> round = new FutureTask<>(() -> run(this::key, calls));
        Thread thread = Thread.ofVirtual().start(round);
        await().pollDelay(Duration.ZERO) // a whole round may take half a second
                .pollInterval(Duration.ofMillis(1))
                .until(() -> calls.seen.get() > 10 || round.isDone());
        thread.interrupt();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(round::get)
                .withCauseInstanceOf(InterruptedException.class);
        run(this::key);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void a_server_that_is_down_proves_nothing() throws InterruptedException {
        assertThat(proof(run(at("http://127.0.0.1:1"))).finding()).isEqualTo(RoundFinding.Inconclusive);
    }

    @Test
    void a_name_that_does_not_resolve_is_no_refusal() throws InterruptedException {
        assertThat(run(at("http://store.invalid:9000")))
                .extracting(trial -> trial.check().ending())
                .containsOnly(Ending.NameNotFound);
    }

    @Test
    void a_key_that_is_refused_at_home_proves_nothing() throws InterruptedException {
        LentKeys wrong = subject -> key(subject)
                .map(c -> new StoreConnection(
                        c.store(),
                        c.endpoint(),
                        c.endpoint(),
                        c.region(),
                        c.accessKeyId(),
                        "wrong",
                        c.caCertificates(),
                        c.limits()));

        assertThat(proof(run(wrong)).finding()).isEqualTo(RoundFinding.Inconclusive);
        assertThat(proof(run(wrong)).message()).doesNotContain("wrong");
    }

    @Test
    void a_bucket_whose_tenant_is_locked_out_proves_nothing() throws InterruptedException {
        store.root.deleteBucketPolicy(r -> r.bucket(attacker.bucket()));

        assertThat(proof(run(this::key)).finding()).isEqualTo(RoundFinding.Inconclusive);
    }

    @Test
    void a_policy_that_shuts_the_tenant_out_and_lets_everybody_in_is_a_breach() throws InterruptedException {
        store.root.putBucketPolicy(r -> r.bucket(attacker.bucket())
                .policy(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":"
                                + "\"s3:ListBucket\",\"Resource\":\"arn:aws:s3:::" + attacker.bucket() + "\"}]}"));

        assertThat(proof(run(this::key)).finding()).isEqualTo(RoundFinding.Failed);
        assertThat(proof(run(this::key)).breach()).isTrue();
        assertThat(proof(run(this::key)).message()).contains("lists objects without a key");
    }

    @Test
    void a_tenant_without_a_key_proves_nothing() throws InterruptedException {
        assertThat(proof(run(_ -> Optional.empty())).finding()).isEqualTo(RoundFinding.Inconclusive);
    }

    /** As of one that is suspended at this moment. */
    @Test
    void another_tenant_whose_key_cannot_be_read_ends_no_attack_on_it() throws InterruptedException {
        List<Trial> trials = run(subject -> {
            if (subject.identity().equals(victim)) {
                throw new KubernetesClientException("forbidden", 403, null);
            }
            return key(subject);
        });

        assertThat(trials)
                .filteredOn(trial -> trial.result() != TrialResult.Blocked)
                .singleElement()
                .satisfies(trial -> {
                    assertThat(trial.result()).isEqualTo(TrialResult.Unclear);
                    assertThat(trial.check().actor()).isEqualTo("object store key of ankerwerk");
                    assertThat(trial.check().detail()).contains("HTTP 403");
                });
        assertThat(trials)
                .filteredOn(trial -> trial.attack().target().contains("ankerwerk"))
                .hasSizeGreaterThan(10);
    }

    private void open(Hole hole) {
        String bucket = (hole.own() ? attacker : victim).bucket();
        String principal = hole.principal().equals("*")
                ? "\"*\""
                : "{\"AWS\":[\"" + store.keys(attacker).of(Slot.One).principal() + "\"]}";
        String planned = store.root.getBucketPolicy(r -> r.bucket(bucket)).policy();
        String statement = "{\"Sid\":\"Hole\",\"Effect\":\"" + hole.effect() + "\",\"Principal\":" + principal
                + ",\"Action\":\"" + hole.action() + "\",\"Resource\":\"arn:aws:s3:::" + bucket + hole.resource()
                + "\"},";
        store.root.putBucketPolicy(r ->
                r.bucket(bucket).policy(planned.replaceFirst("\"Statement\":\\s*\\[", "\"Statement\":[" + statement)));
    }

    private LentKeys at(String endpoint) {
        return subject -> key(subject)
                .map(c -> new StoreConnection(
                        c.store(),
                        URI.create(endpoint),
                        URI.create(endpoint),
                        c.region(),
                        c.accessKeyId(),
                        c.secretAccessKey(),
                        c.caCertificates(),
                        c.limits()));
    }

    private List<Trial> run(LentKeys keys) throws InterruptedException {
        return run(keys, ExternalCalls.unobserved());
    }

    private List<Trial> run(LentKeys keys, ExternalCalls calls) throws InterruptedException {
        try (ObjectStoreProbe probe = new ObjectStoreProbe(keys, 2, calls)) {
            return probe.run(subject("klinik-nord", attacker), List.of(subject("ankerwerk", victim)));
        }
    }

    private Optional<StoreConnection> key(Subject subject) {
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

    private static Subject subject(String name, TenantIdentity identity) {
        return new Subject(
                name,
                identity,
                Tenants.plainSpec(),
                BackedParts.homes(
                        null,
                        new TenantStatus.ObjectStoreStatus(
                                "objects-1", identity.bucket(), store.accessKeyId(identity, Slot.One))));
    }

    private static ControlProof proof(List<Trial> trials) {
        return ControlProof.of(Set.of(Control.TI_OBJ), trials, Instant.EPOCH, Duration.ofHours(24))
                .getFirst();
    }

    /** Buckets, policies, versions, markers and uploads, as the operator's account sees them. */
    private String everything() {
        StringBuilder text =
                new StringBuilder(store.root.listBuckets().buckets().toString());
        for (TenantIdentity tenant : List.of(attacker, victim)) {
            String bucket = tenant.bucket();
            var versions = store.root.listObjectVersions(r -> r.bucket(bucket));
            text.append(versions.versions())
                    .append(versions.deleteMarkers())
                    .append(store.root
                            .listMultipartUploads(r -> r.bucket(bucket))
                            .uploads())
                    .append(store.root.getBucketPolicy(r -> r.bucket(bucket)).policy())
                    .append(store.root
                            .getBucketVersioning(r -> r.bucket(bucket))
                            .status())
                    .append(store.root.getBucketAcl(r -> r.bucket(bucket)).grants())
                    .append(store.root.getBucketTagging(r -> r.bucket(bucket)).tagSet());
        }
        return text.toString();
    }

    /** Counts requests, so that a test knows that a round is under way. */
    private static final class CountedCalls implements ExternalCalls {
        private final AtomicInteger seen = new AtomicInteger();

        @Override
        public void before(Backend backend, Verb verb, String what) {
            seen.incrementAndGet();
        }

        @Override
        public void after(Backend backend, Verb verb, String what, String result) {}
    }
}
