package dev.bulkhead.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.kube.ApiSerialization;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who leads, how long that lets it write, and what the clocks of others have to say in it: nothing. */
class LeadershipTest {
    private static final OperatorSettings.Lease LEASE =
            new OperatorSettings.Lease("bulkhead-system", "bulkhead-operator", Duration.ofSeconds(6));

    /** Tells every request at INFO. Kept here, for a logger that nobody holds forgets its level. */
    private static final Logger SERVER_LOG = Logger.getLogger("io.fabric8.mockwebserver.MockWebServer");

    static {
        SERVER_LOG.setLevel(Level.WARNING);
    }

    private final Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), responses, new KubernetesMixedDispatcher(responses), false);
    private final Clocks clocks = new Clocks();
    private KubernetesClient client = new KubernetesClientBuilder().build();

    @BeforeEach
    void start() {
        server.init();
        client.close();
        client = client(ExternalCalls.unobserved());
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    @Test
    void a_lease_that_is_not_there_is_made_and_then_renewed() {
        Election election = election("one");

        assertThat(election.round()).isEqualTo(Election.LeaseStanding.HOLDS);
        clocks.pass(Duration.ofSeconds(1));
        assertThat(election.round()).isEqualTo(Election.LeaseStanding.HOLDS);

        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("one");
        assertThat(lease().getSpec().getLeaseDurationSeconds()).isEqualTo(6);
        assertThat(lease().getSpec().getLeaseTransitions()).isZero();
        assertThat(lease().getSpec().getRenewTime())
                .isEqualTo(lease().getSpec().getAcquireTime().plusSeconds(1));
    }

    @Test
    void whoever_waits_takes_a_lease_once_it_saw_no_renewal_for_as_long_as_it_lasts() {
        Election one = election("one");
        Election other = election("other");
        one.round();

        assertThat(other.round()).isEqualTo(Election.LeaseStanding.WAITS);
        clocks.pass(Duration.ofSeconds(5));
        one.round();
        assertThat(other.round()).isEqualTo(Election.LeaseStanding.WAITS);
        clocks.pass(Duration.ofSeconds(5));
        assertThat(other.round()).as("renewed 5 s ago").isEqualTo(Election.LeaseStanding.WAITS);
        clocks.pass(Duration.ofSeconds(1));
        assertThat(other.round()).isEqualTo(Election.LeaseStanding.HOLDS);

        assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
        assertThat(one.round()).isEqualTo(Election.LeaseStanding.LOST);
    }

    @Test
    void a_clock_of_another_machine_that_is_an_hour_slow_ends_no_lease() {
        election("slow").round();
        lease(l -> l.getSpec().setRenewTime(ZonedDateTime.now(ZoneOffset.UTC).minusHours(1)));

        assertThat(election("other").round()).isEqualTo(Election.LeaseStanding.WAITS);
    }

    @Test
    void a_leader_whose_lease_was_deleted_does_not_know_who_leads() {
        Election one = election("one");
        one.round();
        resource().delete();

        assertThat(one.round()).isEqualTo(Election.LeaseStanding.LOST);
    }

    @Test
    void a_lease_that_was_given_back_is_free_at_once() {
        Election one = election("one");
        Election other = election("other");
        one.round();
        other.round();

        one.release();

        assertThat(other.round()).isEqualTo(Election.LeaseStanding.HOLDS);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void nothing_is_written_before_it_leads_and_everything_may_be_read(Backend backend) {
        Leadership leadership = leadership(() -> {});

        assertThatThrownBy(() -> leadership.before(backend, Verb.write, "something"))
                .isInstanceOf(NotLeadingException.class)
                .hasMessageContaining(backend + " something");
        assertThatCode(() -> leadership.before(backend, Verb.read, "something")).doesNotThrowAnyException();
    }

    @Test
    void a_request_to_the_api_server_does_not_leave_when_it_may_not() {
        Leadership leadership = leadership(() -> {});
        try (KubernetesClient fenced = client(leadership)) {
            assertThatThrownBy(() -> fenced.resource(new ConfigMapBuilder()
                                    .withNewMetadata()
                                    .withNamespace("a")
                                    .withName("b")
                                    .endMetadata()
                                    .build())
                            .create())
                    .isInstanceOf(NotLeadingException.class);
        }
        assertThat(server.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void a_leader_writes_until_two_thirds_of_the_lease_are_over_by_either_clock(Clocks.ClockChange change) {
        Leadership leadership = leadership(() -> {});
        leadership.renewed(clocks.now());

        clocks.change(change, Duration.ofMillis(3_900));
        assertThat(leadership.leads()).as("after 3.9 s").isTrue();
        clocks.change(change, Duration.ofMillis(200));
        assertThat(leadership.leads()).as("after 4.1 s").isFalse();
    }

    @Test
    void a_leader_that_finds_another_one_is_over_once_and_for_all() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Leadership leadership = leadership(over::countDown);
        CountDownLatch works = new CountDownLatch(1);
        leadership.begin(client, works::countDown);
        assertThat(works.await(10, TimeUnit.SECONDS)).isTrue();

        lease(l -> l.getSpec().setHolderIdentity("other"));

        assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(leadership.leads()).isFalse();
        leadership.close();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("other");
    }

    @Test
    void a_leader_that_cannot_begin_to_work_makes_way() throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        Leadership leadership = leadership(over::countDown);

        leadership.begin(client, () -> {
            throw new IllegalStateException("caches were not filled");
        });

        assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
        leadership.close();
    }

    @Test
    void who_shares_with_nobody_always_leads() {
        Leadership alone = Leadership.alone(ExternalCalls.unobserved());

        assertThatCode(() -> alone.before(Backend.s3, Verb.write, "PutBucketPolicy"))
                .doesNotThrowAnyException();
        alone.close();
    }

    private Leadership leadership(Runnable over) {
        return new Leadership(ExternalCalls.unobserved(), LEASE, "one", clocks::now, over);
    }

    private Election election(String identity) {
        return new Election(client, LEASE, identity, clocks::now);
    }

    private KubernetesClient client(ExternalCalls calls) {
        return new KubernetesClientBuilder()
                .withKubernetesSerialization(ApiSerialization.lean())
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(server.url("/"))
                        .withTrustCerts(true)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                .build();
    }

    private Resource<Lease> resource() {
        return client.leases().inNamespace(LEASE.namespace()).withName(LEASE.name());
    }

    private Lease lease() {
        return Objects.requireNonNull(resource().get());
    }

    private void lease(Consumer<Lease> change) {
        resource().edit(found -> {
            Lease changed = new LeaseBuilder(found).build();
            change.accept(changed);
            return changed;
        });
    }

    /** Two clocks that stand still unless they are told. */
    static final class Clocks {
        /** What a clock may do by itself. */
        enum ClockChange {
            STEADY_ONLY,
            SET_ONLY,
            BOTH,
            SET_BACK_MEANWHILE
        }

        private Moment now = new Moment(0, 1_800_000_000_000L);

        synchronized Moment now() {
            return now;
        }

        void pass(Duration time) {
            change(ClockChange.BOTH, time);
        }

        synchronized void change(ClockChange change, Duration time) {
            long nanos = change == ClockChange.SET_ONLY ? 0 : time.toNanos();
            long millis = switch (change) {
                case STEADY_ONLY -> 0;
                case SET_ONLY, BOTH -> time.toMillis();
                case SET_BACK_MEANWHILE -> -60_000;
            };
            now = new Moment(now.nanos() + nanos, now.millis() + millis);
        }
    }
}
