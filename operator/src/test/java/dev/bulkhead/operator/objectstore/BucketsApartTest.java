package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class BucketsApartTest {
    private static final CarrierFinding KEPT = new CarrierFinding("marker", CarrierResult.KEPT, "");
    private static final CarrierFinding NOT_OFFERED =
            new CarrierFinding("key of a POST form", CarrierResult.NOT_OFFERED, "HTTP 501 NotImplemented");
    private static final CarrierFinding UNCLEAR =
            new CarrierFinding("copy source", CarrierResult.UNCLEAR, "not tried in time");
    private static final CarrierFinding THROUGH =
            new CarrierFinding("key in a DeleteObjects body", CarrierResult.THROUGH, "plain: gone: …");

    @Test
    void buckets_are_apart_where_everything_was_tried_and_nothing_got_through() {
        assertThat(BucketsApart.seen(new EscapeReport(List.of(KEPT, NOT_OFFERED)))
                        .available())
                .isTrue();
    }

    @Test
    void what_could_not_be_tried_is_not_shown_and_says_why() {
        assertThat(BucketsApart.seen(new EscapeReport(List.of(KEPT, UNCLEAR))))
                .isEqualTo(new StoreCapabilities.SeenFeature(false, "not shown for copy source (not tried in time)"));
    }

    @Test
    void what_got_through_is_named_by_what_carried_it_whatever_is_unclear_besides() {
        assertThat(BucketsApart.seen(new EscapeReport(List.of(UNCLEAR, THROUGH))))
                .isEqualTo(
                        new StoreCapabilities.SeenFeature(false, "got out of a bucket by key in a DeleteObjects body"));
    }

    @Test
    void two_operators_with_one_account_on_one_server_do_not_meet() {
        StoreConnection here = new StoreConnection(
                        "objects-1",
                        URI.create("http://127.0.0.1:1"),
                        URI.create("http://127.0.0.1:1"),
                        "us-east-1",
                        "root",
                        "secret-of-root",
                        null,
                        StoreConnection.Limits.DEFAULT)
                .as("uid-here");
        StoreConnection there = here.as("uid-there");

        assertThat(BucketsApart.scratch(here, "victim"))
                .isEqualTo(BucketsApart.scratch(here.as("uid-here"), "victim"))
                .isNotEqualTo(BucketsApart.scratch(here, "attacker"))
                .isNotEqualTo(BucketsApart.scratch(there, "victim"));
    }
}
