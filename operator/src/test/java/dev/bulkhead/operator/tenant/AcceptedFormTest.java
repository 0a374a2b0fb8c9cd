package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.validate.Surroundings;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of an accepted Tenant plans it again, whatever became of it and of what it rests on. */
class AcceptedFormTest {
    private static final Tenant TENANT = Tenants.fullTenant();
    private static final String UID = TENANT.getMetadata().getUid();
    private static final Surroundings AROUND = Tenants.surroundings();
    private static final ValidTenant ACCEPTED = Tenants.full();

    @Test
    void it_comes_back_as_it_was_accepted_with_nothing_else_left() {
        AcceptedForm form = read(AcceptedForm.of(UID, ACCEPTED, AROUND, null).text());
        Surroundings bare = new Surroundings(
                null, List.of(), ACCEPTED.placement(), AROUND.settings(), AROUND.adoption(), AROUND.today(), false);
        Tenant wrong = Tenants.fullTenant();
        wrong.setSpec(Tenants.plainSpec());

        ValidTenant back = form.tenant(wrong, bare).orElseThrow();

        assertThat(back)
                .usingRecursiveComparison()
                .ignoringFields("spec.displayName")
                .isEqualTo(ACCEPTED);
    }

    @Test
    void the_same_form_is_the_same_text_and_keeps_the_generation_it_was_first_accepted_at() {
        AcceptedForm first = read(
                AcceptedForm.of(UID, ACCEPTED, AROUND, null).text().replace("\"generation\":7", "\"generation\":3"));
        ValidTenant renamed = Tenants.renamed("Another name");

        assertThat(AcceptedForm.of(UID, renamed, AROUND, read(first.text())).text())
                .isEqualTo(first.text());
        assertThat(AcceptedForm.of(UID, Tenants.suspended(), AROUND, first).text())
                .isNotEqualTo(first.text());
    }

    @Test
    void it_holds_the_server_and_the_store_the_tenant_lives_on_and_no_other() {
        ObjectStore other = Tenants.objectStore();
        other.getMetadata().setName("s3-another");
        List<BackendResource> more = new ArrayList<>(List.of(other));
        more.addAll(AROUND.backends());
        Surroundings crowded = new Surroundings(
                AROUND.profile(),
                more,
                AROUND.placement(),
                AROUND.settings(),
                AROUND.adoption(),
                AROUND.today(),
                false);

        assertThat(AcceptedForm.of(UID, ACCEPTED, crowded, null).text())
                .isEqualTo(AcceptedForm.of(UID, ACCEPTED, AROUND, null).text());
    }

    @Test
    void one_that_claims_the_identity_of_who_was_accepted_is_not_who_was_accepted() {
        Tenant claiming = Tenants.fullTenant();
        claiming.getMetadata().setUid("0a0b0c0d-1112-4314-9516-171819202122");

        assertThat(AcceptedForm.of(UID, ACCEPTED, AROUND, null).tenant(claiming, AROUND))
                .isEmpty();
    }

    @Test
    void accepted_is_the_very_spec_of_the_very_tenant_and_no_other() {
        AcceptedForm form = AcceptedForm.of(UID, ACCEPTED, AROUND, null);
        Tenant renamed = Tenants.fullTenant();
        renamed.setSpec(Tenants.renamed("Another name").spec());
        Tenant changed = Tenants.fullTenant();
        changed.setSpec(Tenants.plainSpec());
        Tenant resumed = Tenants.fullTenant();
        Tenant claiming = Tenants.fullTenant();
        claiming.getMetadata().setUid("0a0b0c0d-1112-4314-9516-171819202122");
        Tenant empty = Tenants.fullTenant();
        empty.setSpec(null);

        assertThat(read(form.text()).isOf(TENANT)).isTrue();
        assertThat(form.isOf(renamed)).as("the customer's name decides nothing").isTrue();
        assertThat(form.isOf(changed)).isFalse();
        assertThat(AcceptedForm.of(UID, Tenants.suspended(), AROUND, null).isOf(resumed))
                .as("accepted only because it was suspended")
                .isFalse();
        assertThat(form.isOf(claiming)).isFalse();
        assertThat(form.isOf(empty)).isFalse();
    }

    @Test
    void what_a_newer_version_noted_beside_it_is_passed_over() {
        String text = AcceptedForm.of(UID, ACCEPTED, AROUND, null).text();

        AcceptedForm form = read(text.replaceFirst("\\{", "{\"later\":{\"a\":1},"));

        assertThat(form.text()).isEqualTo(text);
    }

    @Test
    void what_cannot_be_read_is_no_form() {
        assertThat(AcceptedForm.read(null)).isEmpty();
        assertThat(AcceptedForm.read("{damaged")).isEmpty();
        assertThat(AcceptedForm.read("{}").flatMap(form -> form.tenant(TENANT, AROUND)))
                .isEmpty();
    }

    private static AcceptedForm read(String text) {
        return AcceptedForm.read(text).orElseThrow();
    }
}
