package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.KeyPowers.PowerFinding;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import dev.bulkhead.operator.objectstore.StoreTrial.TriedFeature;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What of a key's powers is said of its server. */
class StoreTrialTest {
    private static final PowerFinding KEPT = found("ListUsers (IAM)", PowerResult.KEPT, "HTTP 403 AccessDenied");
    private static final PowerFinding ABSENT = found("AssumeRole (STS)", PowerResult.NOT_OFFERED, "HTTP 405");
    private static final PowerFinding UNCLEAR = found("CreateUser (IAM)", PowerResult.UNCLEAR, "HTTP 500");
    private static final PowerFinding THROUGH = found("CreateAccessKey (IAM)", PowerResult.THROUGH, "HTTP 200");

    @Test
    void keys_make_nothing_where_all_is_refused_or_not_there() {
        assertThat(keys(KEPT, ABSENT))
                .isEqualTo(new TriedFeature(
                        new SeenFeature(true, "tried by 1 requests of the IAM and STS API, all refused"), true));
        assertThat(keys(ABSENT))
                .isEqualTo(new TriedFeature(new SeenFeature(true, "the server has no IAM or STS API there"), true));
    }

    @Test
    void what_got_through_is_named_whatever_is_unclear_besides() {
        assertThat(keys(UNCLEAR, THROUGH, KEPT)).satisfies(tried -> {
            assertThat(tried.clear()).isTrue();
            assertThat(tried.seen().available()).isFalse();
            assertThat(tried.seen().message())
                    .contains("CreateAccessKey (IAM)")
                    .doesNotContain("CreateUser")
                    .contains("switch it off");
        });
    }

    @Test
    void what_could_not_be_tried_is_not_shown_and_says_why() {
        assertThat(keys(KEPT, UNCLEAR))
                .isEqualTo(
                        new TriedFeature(new SeenFeature(false, "not shown for CreateUser (IAM) (HTTP 500)"), false));
    }

    private static PowerFinding found(String power, PowerResult result, String detail) {
        return new PowerFinding(power, result, detail);
    }

    private static TriedFeature keys(PowerFinding... found) {
        return Objects.requireNonNull(new StoreTrial(new EscapeReport(List.of()), List.of(found))
                .features()
                .get(StoreFeature.KeysMakeNoKeys));
    }
}
