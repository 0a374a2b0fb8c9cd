package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One login takes all locks of a real server, which keeps everybody out. */
class SessionWatchIT {
    private static final String ALL = "DO $$ BEGIN FOR i IN 1..1000000 LOOP PERFORM pg_advisory_lock(i); END LOOP;"
            + " EXCEPTION WHEN out_of_memory THEN RAISE NOTICE 'full'; END $$";

    private final TestServer server = TestServer.NEWEST;
    private final Fixture db = new Fixture(server);
    private TenantIdentity taker = Fixture.newIdentity();
    private TenantIdentity victim = taker;

    @BeforeEach
    void tenants() {
        taker = db.created();
        victim = db.created();
    }

    @AfterEach
    void stop() throws SQLException {
        server.asSuperuser("postgres", "REVOKE pg_signal_backend FROM " + TestServer.OPERATOR);
        db.close();
    }

    @Test
    void its_session_is_ended_within_seconds_and_the_others_go_on() throws SQLException {
        server.asSuperuser("postgres", "GRANT pg_signal_backend TO " + TestServer.OPERATOR);
        try (SessionWatch watch = watch(Duration.ofMillis(500));
                Connection session = db.tenant(taker);
                Statement statement = session.createStatement()) {
            assertThat(watch.right())
                    .hasValueSatisfying(right -> assertThat(right.end()).isTrue());
            statement.execute("SET statement_timeout = 0");

            try {
                statement.execute(ALL);
            } catch (SQLException _) {
                // A look came while it was at it.
            }

            Awaitility.await("ended")
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(watch.finding(taker)).hasValueSatisfying(finding -> {
                        assertThat(finding.reason()).isEqualTo(Reason.LocksExceeded);
                        assertThat(finding.message()).contains("It was ended at");
                    }));
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
            assertThat(watch.finding(victim)).isEmpty();
            try (Connection other = db.tenant(victim);
                    Statement reads = other.createStatement()) {
                assertThat(reads.execute("SELECT count(*) FROM pg_class")).isTrue();
            }
        }
    }

    @Test
    void who_takes_few_is_left_alone() throws SQLException {
        server.asSuperuser("postgres", "GRANT pg_signal_backend TO " + TestServer.OPERATOR);
        try (SessionWatch watch = watch(Duration.ofHours(1));
                Connection session = db.tenant(taker);
                Statement statement = session.createStatement()) {
            assertThat(watch.right()).isPresent();
            statement.execute("DO $$ BEGIN FOR i IN 1..200 LOOP PERFORM pg_advisory_lock(i); END LOOP; END $$");

            watch.look();

            assertThat(statement.execute("SELECT 1")).isTrue();
            assertThat(watch.finding(taker)).isEmpty();
        }
    }

    @Test
    void without_the_right_it_says_so() {
        try (SessionWatch watch = watch(Duration.ofHours(1))) {
            assertThat(watch.right()).hasValueSatisfying(right -> {
                assertThat(right.end()).isFalse();
                assertThat(right.share()).isBetween(100L, 10_000L);
            });
            assertThat(watch.capabilities())
                    .filteredOn(capability -> !capability.available())
                    .extracting(BackendStatus.Capability::message)
                    .anyMatch(m -> m.contains("GRANT pg_signal_backend"))
                    .anyMatch(m -> m.contains("ALTER SYSTEM SET temp_file_limit"));
        }
    }

    /** Whoever does what the capability says is not asked to start the operator anew. */
    @Test
    void a_right_that_is_given_later_is_seen() throws SQLException {
        try (SessionWatch watch = watch(Duration.ofHours(1))) {
            assertThat(watch.right())
                    .hasValueSatisfying(right -> assertThat(right.end()).isFalse());
            server.asSuperuser("postgres", "GRANT pg_signal_backend TO " + TestServer.OPERATOR);

            watch.look();

            assertThat(watch.right())
                    .hasValueSatisfying(right -> assertThat(right.end()).isTrue());
        }
    }

    @Test
    void a_transaction_that_is_open_for_a_day_is_ended() throws SQLException {
        server.asSuperuser("postgres", "GRANT pg_signal_backend TO " + TestServer.OPERATOR);
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        try (SessionWatch watch = new SessionWatch(db.connection, db.database, Duration.ofHours(1), now::get);
                Connection idle = db.tenant(victim);
                Statement outside = idle.createStatement();
                Connection session = db.tenant(taker);
                Statement statement = session.createStatement()) {
            outside.execute("SELECT pg_advisory_lock(1)"); // stays with the session, not with a transaction
            session.setAutoCommit(false);
            statement.execute("SELECT 1 FROM pg_class");
            assertThat(watch.right()).isPresent();
            watch.look();
            now.updateAndGet(at -> at.plus(Duration.ofHours(24)));
            watch.look();
            assertThat(statement.execute("SELECT 1")).as("after a day").isTrue();
            now.updateAndGet(at -> at.plusSeconds(1));

            watch.look();

            assertThat(watch.finding(taker)).hasValueSatisfying(finding -> {
                assertThat(finding.reason()).isEqualTo(Reason.TransactionTooLong);
                assertThat(finding.message()).contains("open for more than 24 hours");
            });
            Awaitility.await("ended")
                    .untilAsserted(() -> assertThatThrownBy(() -> statement.execute("SELECT 1"))
                            .isInstanceOf(SQLException.class));
            assertThat(outside.execute("SELECT 1")).isTrue();
            assertThat(watch.finding(victim)).isEmpty();
        }
    }

    private SessionWatch watch(Duration pause) {
        return new SessionWatch(db.connection, db.database, pause, InstantSource.system());
    }
}
