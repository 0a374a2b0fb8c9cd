package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.ScriptedS3.Heard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of what servers do: a server that does it is scripted, because the real ones do not when they are asked. */
@Timeout(60)
class EscapeTrialTest {
    private final ScriptedS3 server = new ScriptedS3();

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = NameCarrier.class,
            names = {"KEY_OF_GET", "KEY_OF_PUT", "KEY_OF_DELETE", "KEY_IN_DELETE", "UPLOAD_OF_PART", "PREFIX"})
    void a_server_that_takes_names_for_names_keeps(NameCarrier carrier) throws InterruptedException {
        assertThat(found(carrier)).isEqualTo(new CarrierFinding(carrier.text(), CarrierResult.KEPT, ""));
    }

    @Test
    void what_the_server_does_for_nobody_is_not_offered() throws InterruptedException {
        assertThat(found(NameCarrier.COPY_SOURCE).result()).isEqualTo(CarrierResult.NOT_OFFERED);
    }

    /** Of a server that is overloaded, behind a gateway, at another time, or that does not know the signature. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "429 TooManyRequests",
                "503 SlowDown",
                "502 ",
                "403 SignatureDoesNotMatch",
                "403 RequestTimeTooSkewed",
                "403 InvalidAccessKeyId",
                "400 AuthorizationHeaderMalformed"
            })
    void a_request_that_the_server_did_not_hear_is_not_kept(String said) throws InterruptedException {
        String[] status = said.split(" ", 2);
        server.answering(attempts(ScriptedS3.error(Integer.parseInt(status[0]), status[1])));

        CarrierFinding found = found(NameCarrier.KEY_OF_GET);

        assertThat(found.result()).isEqualTo(CarrierResult.UNCLEAR);
        assertThat(found.detail()).contains("were not heard by the server").contains("HTTP " + said.strip());
    }

    @Test
    void a_request_without_an_answer_is_not_kept() throws InterruptedException {
        server.answering(attempts(ScriptedS3.NO_ANSWER));

        assertThat(found(NameCarrier.KEY_OF_GET).result()).isEqualTo(CarrierResult.UNCLEAR);
    }

    @Test
    void a_request_that_is_heard_at_the_second_time_is() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        server.answering(request -> request.isAttempt() && attempts.getAndIncrement() % 2 == 0
                ? Optional.of(ScriptedS3.error(503, "SlowDown"))
                : Optional.empty());

        assertThat(found(NameCarrier.KEY_OF_GET).result()).isEqualTo(CarrierResult.KEPT);
    }

    @Test
    void a_key_that_dies_on_the_way_leaves_all_after_it_unclear() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        server.answering(request -> {
            int before = request.isAttempt() ? attempts.incrementAndGet() : attempts.get();
            return before > 5 && !request.owners()
                    ? Optional.of(ScriptedS3.error(403, "AccessDenied"))
                    : Optional.empty();
        });

        assertThat(found(NameCarrier.KEY_OF_GET).result()).isEqualTo(CarrierResult.UNCLEAR);
        assertThat(found(NameCarrier.KEY_OF_DELETE).result()).isEqualTo(CarrierResult.UNCLEAR);
    }

    /** A server that takes the last segment of a file's name for the key writes to the attacker's own object. */
    @Test
    void an_attempt_that_meets_the_attackers_own_object_is_kept() throws InterruptedException {
        server.answering(request -> {
            if (request.isAttempt() && request.method().equals("PUT")) {
                Objects.requireNonNull(server.buckets.get(ScriptedS3.OWN)).put(Cast.KEY, Cast.WRITTEN);
            }
            return Optional.empty();
        });

        assertThat(found(NameCarrier.KEY_OF_PUT).result()).isEqualTo(CarrierResult.KEPT);
    }

    @Test
    void an_object_that_is_deleted_by_its_name_in_a_body_is_through_and_put_back() throws InterruptedException {
        server.answering(this::deletesByName);

        CarrierFinding found = found(NameCarrier.KEY_IN_DELETE);

        assertThat(found.result()).isEqualTo(CarrierResult.THROUGH);
        assertThat(found.detail()).startsWith("plain: gone: contents of canary");
        assertThat(Objects.requireNonNull(server.buckets.get(ScriptedS3.VICTIM)))
                .containsKey(Cast.KEY);
    }

    @Test
    void what_was_found_stays_found_when_the_server_goes_away_after_it() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        server.answering(request -> {
            if (request.isAttempt() && request.body().contains(">../" + ScriptedS3.VICTIM + "/" + Cast.KEY + "<")) {
                attempts.incrementAndGet();
            }
            boolean dead = attempts.get() > 7 && request.owners();
            return dead ? Optional.of(ScriptedS3.error(503, "SlowDown")) : deletesByName(request);
        });

        assertThat(found(NameCarrier.KEY_IN_DELETE).result()).isEqualTo(CarrierResult.THROUGH);
    }

    @Test
    void a_change_that_only_one_look_sees_is_none() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger attempts = new AtomicInteger();
        server.answering(request -> {
            if (request.isAttempt()) {
                attempts.incrementAndGet();
            }
            boolean first = attempts.get() > 0 && request.ownersListing() && looks.getAndIncrement() == 0;
            return first ? Optional.of(ScriptedS3.answer(200, "<ListBucketResult/>")) : Optional.empty();
        });

        assertThat(found(NameCarrier.KEY_OF_GET).result()).isEqualTo(CarrierResult.KEPT);
    }

    @Test
    void an_owner_that_is_refused_is_asked_again_and_then_no_witness() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        server.answering(request -> request.ownersListing() && asked.getAndIncrement() % 2 == 0
                ? Optional.of(ScriptedS3.error(503, "SlowDown"))
                : Optional.empty());
        assertThat(found(NameCarrier.KEY_OF_GET).result()).isEqualTo(CarrierResult.KEPT);

        server.answering(request ->
                request.ownersListing() ? Optional.of(ScriptedS3.error(403, "AccessDenied")) : Optional.empty());
        CarrierFinding found = found(NameCarrier.KEY_OF_GET);

        assertThat(found.result()).isEqualTo(CarrierResult.UNCLEAR);
        assertThat(found.detail())
                .isEqualTo(
                        "bucket victim-bucket cannot be listed by its owner (HTTP 403 AccessDenied): check the rights"
                                + " of the operator's account");
    }

    /** A page of somebody in between, a listing that has no end, one that shows nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>please log in</html>",
                "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
                "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>"
                        + "</ListBucketResult>",
                "<ListBucketResult/>"
            })
    void a_witness_that_does_not_see_what_was_stocked_says_nothing(String listing) throws InterruptedException {
        server.answering(
                request -> request.ownersListing() ? Optional.of(ScriptedS3.answer(200, listing)) : Optional.empty());

        assertThat(found(NameCarrier.KEY_OF_GET).result()).isEqualTo(CarrierResult.UNCLEAR);
    }

    @Test
    void uploads_of_the_second_page_are_seen() throws InterruptedException {
        server.answering(request -> request.owners() && request.query().equals("encoding-type=url&uploads=")
                ? Optional.of(ScriptedS3.answer(
                        200,
                        "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>m</NextKeyMarker>"
                                + "<NextUploadIdMarker>n</NextUploadIdMarker></ListMultipartUploadsResult>"))
                : Optional.empty());

        assertThat(found(NameCarrier.KEY_OF_GET).result()).isEqualTo(CarrierResult.KEPT);
        assertThat(server.heard)
                .extracting(Heard::query)
                .contains("encoding-type=url&key-marker=m&upload-id-marker=n&uploads=");
    }

    @Test
    void a_policy_that_an_attempt_set_is_through_and_put_back() throws InterruptedException {
        server.answering(request -> {
            if (request.method().equals("PUT")
                    && request.isAttempt()
                    && request.query().equals("policy=")) {
                server.policies.put(ScriptedS3.VICTIM, request.body());
            }
            return Optional.empty();
        });

        assertThat(found(NameCarrier.BUCKET_OF_POLICY).result()).isEqualTo(CarrierResult.THROUGH);
        assertThat(server.policies).containsEntry(ScriptedS3.VICTIM, "as made");
    }

    @Test
    void a_policy_that_the_control_set_is_put_back() throws InterruptedException {
        assertThat(found(NameCarrier.BUCKET_OF_POLICY).result()).isEqualTo(CarrierResult.KEPT);
        assertThat(server.policies).containsEntry(ScriptedS3.OWN, "as made");
    }

    @Test
    void a_bucket_that_is_gone_is_through_and_there_again() throws InterruptedException {
        server.answering(request -> {
            if (request.isAttempt() && request.path().contains("..")) {
                server.buckets.remove(ScriptedS3.VICTIM);
            }
            return Optional.empty();
        });
        int before = server.remade();

        CarrierFinding found = found(NameCarrier.KEY_OF_DELETE);

        assertThat(found.result()).isEqualTo(CarrierResult.THROUGH);
        assertThat(found.detail()).contains("gone: ");
        assertThat(server.remade()).isGreaterThan(before);
        assertThat(server.buckets).containsKey(ScriptedS3.VICTIM);
    }

    @Test
    void what_happens_after_the_last_look_is_not_passed_over() throws InterruptedException {
        EscapeTrial trial = server.trial();
        trial.of(NameCarrier.KEY_OF_GET);
        assertThat(trial.lastLook()).isEmpty();

        Objects.requireNonNull(server.buckets.get(ScriptedS3.VICTIM)).remove(Cast.KEY);

        assertThat(trial.lastLook()).get().returns(CarrierResult.UNCLEAR, CarrierFinding::result);
    }

    @Test
    void no_request_is_sent_when_the_time_is_over_whatever_carrier_is_under_way() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        server.answering(request -> {
            if (request.isAttempt()) {
                attempts.incrementAndGet();
            }
            return Optional.empty();
        });

        CarrierFinding found =
                server.trial(until(attempts), Duration.ofMinutes(1)).of(NameCarrier.KEY_OF_GET);

        assertThat(found.result()).isEqualTo(CarrierResult.UNCLEAR);
        assertThat(found.detail()).contains("not tried to the end in time");
        assertThat(attempts.get()).as("those that were under way").isBetween(5, 8);
    }

    @Test
    void what_an_answer_told_stays_told_when_the_time_is_over_after_it() throws InterruptedException {
        AtomicInteger attempts = new AtomicInteger();
        server.answering(request -> {
            if (!request.isAttempt()) {
                return Optional.empty();
            }
            attempts.incrementAndGet();
            Map<String, String> victims = Objects.requireNonNull(server.buckets.get(ScriptedS3.VICTIM));
            return Optional.of(ScriptedS3.answer(200, Objects.requireNonNull(victims.get(Cast.KEY))));
        });

        CarrierFinding found =
                server.trial(until(attempts), Duration.ofMinutes(1)).of(NameCarrier.KEY_OF_GET);

        assertThat(found.result()).isEqualTo(CarrierResult.THROUGH);
        assertThat(found.detail()).contains("the answer tells what is the victim's");
    }

    /** A minute is over with the fifth. */
    private static Clock until(AtomicInteger attempts) {
        return new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.EPOCH.plusSeconds(attempts.get() < 5 ? 0 : 61);
            }
        };
    }

    private Optional<String> deletesByName(Heard request) {
        String name = ">../" + ScriptedS3.VICTIM + "/" + Cast.KEY + "<";
        if (request.isAttempt() && request.body().contains(name)) {
            Objects.requireNonNull(server.buckets.get(ScriptedS3.VICTIM)).remove(Cast.KEY);
            return Optional.of(ScriptedS3.error(404, "NoSuchKey"));
        }
        return Optional.empty();
    }

    private static java.util.function.Function<Heard, Optional<String>> attempts(String answer) {
        return request -> request.isAttempt() ? Optional.of(answer) : Optional.empty();
    }

    private CarrierFinding found(NameCarrier carrier) throws InterruptedException {
        return server.trial().of(carrier);
    }
}
