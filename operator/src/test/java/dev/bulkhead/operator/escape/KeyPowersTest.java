package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.escape.KeyPowers.PowerFinding;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import dev.bulkhead.operator.escape.ScriptedS3.Heard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What answers of a server say of what a key can do there, and what is sent. */
@Timeout(20)
class KeyPowersTest {
    private static final String SELF =
            ScriptedS3.answer(200, "<GetCallerIdentityResponse><Arn>arn:aws:iam::1:user/a/me</Arn></x>");

    private final ScriptedS3 server = new ScriptedS3();

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "LIST_USERS, 200, <ListUsersResponse xmlns='x'>, THROUGH",
        "LIST_USERS, 200, <html>, UNCLEAR",
        "LIST_USERS, 403, AccessDenied, KEPT",
        "LIST_USERS, 403, AccessDeniedException, KEPT",
        "LIST_USERS, 400, AccessDenied, UNCLEAR",
        "LIST_USERS, 403, InvalidClientTokenId, UNCLEAR",
        "LIST_USERS, 404, InvalidAction, NOT_OFFERED",
        "LIST_USERS, 400, InvalidAction, NOT_OFFERED",
        "LIST_USERS, 405, '', NOT_OFFERED",
        "LIST_USERS, 501, '', NOT_OFFERED",
        "LIST_USERS, 404, '', NOT_OFFERED",
        "LIST_USERS, 400, ValidationError, UNCLEAR",
        "LIST_USERS, 400, Throttling, UNCLEAR",
        "LIST_USERS, 500, ServiceFailure, UNCLEAR",
        "LIST_USERS, 503, ServiceUnavailable, UNCLEAR",
        "LIST_USERS, 0, '', UNCLEAR",
        "SET_KEY, 404, NoSuchEntity, THROUGH",
        "LIST_KEYS, 404, NoSuchEntity, UNCLEAR",
        "MAKE_USER, 409, EntityAlreadyExists, THROUGH",
        "WRITE_POLICY, 400, MalformedPolicyDocument, THROUGH",
        "WRITE_POLICY, 404, NoSuchEntity, UNCLEAR",
        "ATTACH_POLICY, 404, NoSuchEntity, THROUGH",
        "MAKE_SERVICE_ACCOUNT, 400, InvalidInput, THROUGH",
        "MAKE_KEY, 409, LimitExceeded, THROUGH",
        "ASSUME, 200, <AssumeRoleResponse>, THROUGH",
    })
    void an_answer_says(KeyPower power, int status, String said, PowerResult result) {
        String body = said.startsWith("<") ? said : "<ErrorResponse><Error><Code>" + said + "</Code></Error>";

        assertThat(power.judge(new RawAnswer(status, Map.of(), body), true)).isEqualTo(result);
        assertThat(power.judge(new RawAnswer(status, Map.of(), body), false)).isEqualTo(result);
    }

    /** S3 has errors of its own for requests that it does not know, and for signatures of other services. */
    @ParameterizedTest
    @CsvSource({
        "400, InvalidRequest, NOT_OFFERED",
        "400, AuthorizationHeaderMalformed, NOT_OFFERED",
        "403, SignatureDoesNotMatch, NOT_OFFERED",
        "403, AccessDenied, KEPT",
        "403, RequestTimeTooSkewed, UNCLEAR",
        "429, SlowDown, UNCLEAR",
        "500, InternalError, UNCLEAR",
    })
    void an_answer_of_s3_says_on_its_own_port(int status, String code, PowerResult result) {
        RawAnswer answer = new RawAnswer(status, Map.of(), "<Error><Code>" + code + "</Code></Error>");

        assertThat(KeyPower.LIST_USERS.judge(answer, true)).isEqualTo(result);
        assertThat(KeyPower.LIST_USERS.judge(answer, false))
                .isEqualTo(result == PowerResult.NOT_OFFERED ? PowerResult.UNCLEAR : result);
    }

    @Test
    void where_users_have_an_address_of_their_own_nothing_of_s3_and_no_session_is_asked_there() {
        assertThat(KeyPower.values())
                .filteredOn(KeyPower::byItself)
                .contains(KeyPower.LIST_USERS, KeyPower.MAKE_KEY)
                .allMatch(power -> power.signedFor().equals("iam")
                        && power.request("me").query().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(KeyPower.class)
    void what_would_change_something_has_a_reason_not_to(KeyPower power) {
        String body = power.request("me").body();

        assertThat(body)
                .satisfiesAnyOf(
                        it -> assertThat(it).contains("Action=List"),
                        it -> assertThat(power).isEqualTo(KeyPower.LIST_USERS_BY_QUERY),
                        it -> assertThat(power).isEqualTo(KeyPower.MAKE_KEY),
                        it -> assertThat(power.service()).isEqualTo(KeyPower.PowerApi.STS),
                        it -> assertThat(it).contains("Action=CreateUser", "&UserName=me"),
                        it -> assertThat(it).contains("Action=UpdateAccessKey", "NOSUCHKEY"),
                        it -> assertThat(it).contains("Action=PutUserPolicy", "&PolicyDocument=%7B&"),
                        it -> assertThat(it).contains("Action=AttachUserPolicy", "no-such-policy"),
                        it -> assertThat(it).contains("Action=CreateServiceAccount", "&Expiration=1&"));
    }

    @Test
    void what_is_refused_is_kept_and_each_is_asked_once_and_by_the_name_that_the_server_tells() throws Exception {
        administered(_ -> ScriptedS3.error(403, "AccessDenied"));

        List<PowerFinding> found = leavingNothing();

        assertThat(found).hasSize(KeyPower.values().length - 1).allMatch(it -> it.result() == PowerResult.KEPT);
        assertThat(asked()).hasSameSizeAs(found).noneMatch(it -> it.body().contains("CreateAccessKey"));
        assertThat(asked())
                .filteredOn(it -> it.body().contains("PutUserPolicy"))
                .singleElement()
                .matches(it -> it.body().endsWith("&UserName=me"));
    }

    @Test
    void where_there_is_no_such_api_it_is_not_asked_on() throws Exception {
        administered(_ -> ScriptedS3.error(405, "MethodNotAllowed"));

        assertThat(leavingNothing()).allMatch(it -> it.result() == PowerResult.NOT_OFFERED);
        assertThat(asked()).hasSizeLessThan(8);
    }

    @Test
    void a_user_whose_name_nobody_tells_is_not_named() throws Exception {
        administered(_ -> ScriptedS3.error(403, "AccessDenied"), ScriptedS3.error(403, "AccessDenied"));

        assertThat(leavingNothing())
                .extracting(PowerFinding::power)
                .contains("ListUsers (IAM)")
                .doesNotContain("CreateUser (IAM)", "PutUserPolicy (IAM)");
        assertThat(asked()).noneMatch(it -> it.body().contains("UserName="));
    }

    @Test
    void a_key_that_does_not_get_into_its_bucket_keeps_nothing() throws Exception {
        server.answering(_ -> Optional.of(ScriptedS3.error(403, "AccessDenied")));

        assertThat(leavingNothing())
                .isNotEmpty()
                .allMatch(it -> it.result() == PowerResult.UNCLEAR)
                .allMatch(it -> it.detail().contains("its own bucket"));
        assertThat(asked()).isEmpty();
    }

    @Test
    void what_got_through_stays_found_when_the_server_goes_away() throws Exception {
        administered(request -> {
            if (request.body().contains("ListAccessKeys")) {
                server.buckets.remove(ScriptedS3.OWN);
            }
            return request.body().contains("Action=ListUsers")
                    ? ScriptedS3.answer(200, "<ListUsersResponse/>")
                    : ScriptedS3.error(403, "AccessDenied");
        });

        assertThat(leavingNothing())
                .extracting(PowerFinding::result)
                .contains(PowerResult.THROUGH, PowerResult.UNCLEAR)
                .doesNotContain(PowerResult.KEPT);
    }

    @Test
    void what_is_unclear_once_is_asked_again() throws Exception {
        boolean[] busy = {true};
        administered(_ -> {
            String answer = ScriptedS3.error(busy[0] ? 503 : 403, busy[0] ? "SlowDown" : "AccessDenied");
            busy[0] = false;
            return answer;
        });

        assertThat(leavingNothing()).allMatch(it -> it.result() == PowerResult.KEPT);
    }

    @Test
    void a_key_that_was_made_is_deleted_at_once_and_its_secret_said_to_nobody() throws Exception {
        administered(request -> request.body().contains("Action=CreateAccessKey")
                ? ScriptedS3.answer(
                        200,
                        "<CreateAccessKeyResponse><AccessKeyId>AKIAMADE</AccessKeyId>"
                                + "<SecretAccessKey>secret-of-the-made</SecretAccessKey></CreateAccessKeyResponse>")
                : ScriptedS3.error(403, "AccessDenied"));

        try (KeyPowers powers = server.powers()) {
            List<PowerFinding> found = powers.all();

            assertThat(found)
                    .filteredOn(it -> it.result() == PowerResult.THROUGH)
                    .extracting(PowerFinding::power)
                    .containsExactly("CreateAccessKey (IAM)");
            assertThat(asked())
                    .last()
                    .extracting(Heard::body)
                    .asString()
                    .contains("Action=DeleteAccessKey", "AccessKeyId=AKIAMADE");
            assertThat(found.toString()).doesNotContain("secret-of-the-made");
        }
    }

    private List<PowerFinding> leavingNothing() throws InterruptedException {
        try (KeyPowers powers = server.powers()) {
            return powers.leavingNothing();
        }
    }

    private void administered(Function<Heard, String> answers) {
        administered(answers, SELF);
    }

    private void administered(Function<Heard, String> answers, String self) {
        server.answering(request -> {
            if (!request.method().equals("POST")) {
                return Optional.empty();
            }
            return Optional.of(request.body().contains("GetCallerIdentity") ? self : answers.apply(request));
        });
    }

    private List<Heard> asked() {
        return server.heard.stream()
                .filter(request ->
                        request.method().equals("POST") && !request.body().contains("GetCallerIdentity"))
                .toList();
    }
}
