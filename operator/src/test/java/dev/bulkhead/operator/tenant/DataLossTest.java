package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.DataState;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.secret.TenantState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DataLossTest {
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final Instant NOW = Instant.parse("2026-11-29T09:12:03.5Z");
    private static final String LOSS = "database/" + IDENTITY.schema() + "@2026-11-29T09:12:03Z";
    private static final TenantState NEW = TenantState.at(Tenants.placed("pg", "db", "s3"));
    private static final Outcome DONE = Outcome.unchanged();
    private static final Outcome GONE =
            new Outcome.Blocked(new Finding(Reason.DataGone, "schema " + IDENTITY.schema(), "is gone"));

    @Test
    void what_was_made_is_remembered_once_it_is_there() {
        DataLoss first = pass(NEW, DONE, new Outcome.Waiting(new Finding(Reason.ObjectStoreUnavailable, "", "")), null);

        assertThat(first.state().made()).containsExactly(PartId.database);
        DataLoss second = pass(first.state(), DONE, DONE, null);
        assertThat(second.state().made()).containsExactly(PartId.database, PartId.objectStore);
        assertThat(pass(second.state(), DONE, DONE, null).state())
                .as("then there is no more news")
                .isEqualTo(second.state());
    }

    @Test
    void a_tenant_that_is_closed_makes_nothing() {
        assertThat(DataLoss.of("acme", IDENTITY, NEW, applied(DONE, DONE), true, null, NOW)
                        .state())
                .isEqualTo(NEW);
    }

    @Test
    void a_loss_keeps_the_time_it_was_found_at_and_says_how_it_is_given_up() {
        DataLoss found = pass(made(), GONE, DONE, null);

        assertThat(data(found).gone()).isEqualTo("2026-11-29T09:12:03Z");
        assertThat(found.state().made()).contains(PartId.database);
        assertThat(found.applied().blocked())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .startsWith("is gone. ")
                        .endsWith("kubectl annotate tenant acme --overwrite bulkhead.dev/accept-data-loss=" + LOSS));
        assertThat(found.givenUp()).isEmpty();
        DataLoss later =
                DataLoss.of("acme", IDENTITY, found.state(), applied(GONE, DONE), false, null, NOW.plusSeconds(600));
        assertThat(later).isEqualTo(found);
    }

    @Test
    void who_names_the_loss_gives_it_up_and_only_that_one() {
        TenantState lost = pass(made(), GONE, DONE, null).state();

        for (String other : List.of(
                "",
                "true",
                "database/" + IDENTITY.schema(),
                LOSS + "x",
                LOSS.replace("database/", "objectStore/"),
                LOSS.replace(":03Z", ":04Z"))) {
            assertThat(pass(lost, GONE, DONE, other).givenUp()).as(other).isEmpty();
            assertThat(pass(lost, GONE, DONE, other).state()).as(other).isEqualTo(lost);
        }
        DataLoss given = pass(lost, GONE, DONE, "objectStore/x@y, " + LOSS);

        assertThat(given.givenUp()).containsExactly(LOSS);
        assertThat(given.state().made()).containsExactly(PartId.objectStore);
        assertThat(data(given)).isEqualTo(new DataState(false, null, Instant.parse("2026-11-29T09:12:03Z")));
        assertThat(given.applied().blocked()).isEmpty();
        assertThat(given.applied().waiting()).hasSize(1);
    }

    @Test
    void an_annotation_that_stays_gives_up_no_later_loss() {
        TenantState anew = pass(
                        pass(pass(made(), GONE, DONE, null).state(), GONE, DONE, LOSS)
                                .state(),
                        DONE,
                        DONE,
                        LOSS)
                .state();

        DataLoss again = DataLoss.of("acme", IDENTITY, anew, applied(GONE, DONE), false, LOSS, NOW.plusSeconds(7200));

        assertThat(again.givenUp()).isEmpty();
        assertThat(again.applied().blocked()).hasSize(1);
        assertThat(data(again).made()).isTrue();
    }

    @Test
    void data_that_comes_back_is_no_loss_any_more() {
        TenantState lost = pass(made(), GONE, DONE, null).state();

        assertThat(pass(lost, DONE, DONE, null).state()).isEqualTo(made());
    }

    @Test
    void other_things_in_the_way_are_no_loss() {
        Outcome conflict = new Outcome.Blocked(new Finding(Reason.Conflict, "schema", "is somebody else's"));

        DataLoss news = pass(made(), conflict, DONE, LOSS);

        assertThat(news.state()).isEqualTo(made());
        assertThat(news.applied().findings(PartId.database)).isEqualTo(conflict.findings());
    }

    private static TenantState made() {
        return pass(NEW, DONE, DONE, null).state();
    }

    private static DataState data(DataLoss news) {
        return Objects.requireNonNull(news.state().parts().get(PartId.database)).data();
    }

    private static DataLoss pass(TenantState before, Outcome database, Outcome store, @Nullable String accepted) {
        return DataLoss.of("acme", IDENTITY, before, applied(database, store), false, accepted, NOW);
    }

    private static Applied applied(Outcome database, Outcome store) {
        return new Applied(Map.of(PartId.database, List.of(database), PartId.objectStore, List.of(store)));
    }
}
