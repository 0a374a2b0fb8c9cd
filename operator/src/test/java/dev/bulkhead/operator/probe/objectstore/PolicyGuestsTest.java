package dev.bulkhead.operator.probe.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.Optional;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in beside the tenant, as each kind of server names people. */
class PolicyGuestsTest {
    private static final TenantIdentity TENANT = new TenantIdentity("00000000-0000-4000-8000-000000000005");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'*' | *",
                "{'AWS':'*'} | *",
                "{'AWS':'arn:aws:iam::1:user/another'} | arn:aws:iam::1:user/another",
                "{'AWS':['arn:aws:iam::0:user/OWN-1','another']} | another",
                "{'AWS':['OWN-3']} | OWN-3",
                "{'CanonicalUser':'79a5'} | 79a5",
                "{'AWS':['one','two']} | one two",
                "{'AWS':[]} | ''"
            },
            quoteCharacter = '"')
    void whoever_is_named_beside_the_tenant_is_a_guest(String principal, String guest) throws JsonProcessingException {
        assertThat(guests("{'Effect':'Allow','Principal':" + principal + "}"))
                .contains(guest.replace("''", "").replace("OWN", TENANT.bucket()));
        assertThat(guests("{'Effect':'Deny','Principal':" + principal + "}"))
                .as("who is refused")
                .contains("");
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:iam::123456789012:user/bulkhead/objects-1/OWN",
        "arn:aws:iam::000000000000:user/OWN-2",
        "OWN-1",
        "OWN"
    })
    void the_tenant_is_known_by_the_name_of_its_user_or_key(String principal) throws JsonProcessingException {
        assertThat(read("{'Statement':{'Effect':'Allow','Principal':{'AWS':'" + principal + "'}}}"))
                .contains("");
    }

    @Test
    void whoever_is_not_excepted_is_a_guest() throws JsonProcessingException {
        assertThat(guests("{'Effect':'Allow','NotPrincipal':{'AWS':'x'}}")).contains("everybody but {\"AWS\":\"x\"}");
    }

    @Test
    void where_nobody_is_known_to_be_the_tenant_nothing_is_said() throws JsonProcessingException {
        assertThat(read("{'Statement':[{'Effect':'Allow','Principal':'supplied'}]}"))
                .isEmpty();
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:iam::999999999999:user/OWN-1",
                "arn:aws:iam::0:role/OWN-1",
                "arn:aws:iam::0:user/elsewhere/OWN-1",
                "arn:aws:iam::0:user/OWN"
            })
    void whoever_has_the_tenants_name_in_another_place_is_somebody_else(String namesake)
            throws JsonProcessingException {
        assertThat(guests("{'Effect':'Allow','Principal':{'AWS':'" + namesake + "'}}"))
                .hasValueSatisfying(guests -> assertThat(guests).contains(namesake.replace("OWN", TENANT.bucket())));
    }

    @Test
    void the_two_keys_of_a_rotation_are_the_tenants() throws JsonProcessingException {
        assertThat(guests("{'Effect':'Allow','Principal':{'AWS':['arn:aws:iam::0:user/OWN-2']}}"))
                .contains("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no JSON", "{'Statement':[],'Statement':[]}", "{'Statement':["})
    void what_cannot_be_read_or_may_be_read_in_two_ways_is_not_read(String policy) {
        assertThatThrownBy(() -> read(policy)).isInstanceOf(JsonProcessingException.class);
    }

    /** Beside the tenant's own statement. */
    private static Optional<String> guests(String statement) throws JsonProcessingException {
        return read("{'Statement':[{'Effect':'Allow','Principal':{'AWS':['arn:aws:iam::0:user/OWN-1']}}," + statement
                + "]}");
    }

    private static Optional<String> read(String policy) throws JsonProcessingException {
        Optional<SortedSet<String>> guests =
                PolicyGuests.of(policy.replace('\'', '"').replace("OWN", TENANT.bucket()), TENANT);
        return guests.map(all -> String.join(" ", all));
    }
}
