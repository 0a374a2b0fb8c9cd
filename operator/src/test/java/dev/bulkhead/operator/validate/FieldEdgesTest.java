package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The last value that a field takes, and the first that it does not: each is said of that field. */
class FieldEdgesTest {
    private final ObjectNode tree = Examples.tree("voice-agent-klinik-nord");

    @ParameterizedTest(name = "{0}: {1}, not {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "/metadata/name                          | abc                      | ab                      | metadata.name",
                "/metadata/name                          | a*40                     | a*41                    | metadata.name",
                "/spec/displayName                       | a*200                    | a*201                   | spec.displayName",
                "/spec/contract/reference                | a*200                    | a*201                   | spec.contract.reference",
                "/spec/contract/endsAt                   | '\"2026-01-02\"'         | '\"2026-01-01\"'        | spec.contract.endsAt",
                "/spec/contract/endsAt                   | '\"2026-12-31\"'         | '\"2026-02-30\"'        | spec.contract.endsAt",
                "/spec/dataCategories                    | '[contact, health]'      | '[contact, contact]'    | spec.dataCategories",
                "/spec/retention/0/dataClass             | a*63                     | a*64                    | spec.retention",
                "/spec/retention/0/keep                  | P100Y                    | P101Y                   | spec.retention[transcripts].keep",
                "/spec/retention/0/keep                  | P36500D                  | P36865D                 | spec.retention[transcripts].keep",
                "/spec/objectStore/noncurrentVersions    | P1D                      | PT23H                   | spec.objectStore.noncurrentVersions",
                "/spec/objectStore/quota                 | '\"1\"'                  | '\"0\"'                 | spec.objectStore.quota",
                "/spec/objectStore/quota                 | 50Gi                     | fifty                   | spec.objectStore.quota",
                "/spec/objectStore/deliverTo             | '[app, workflows]'       | '[app, app]'            | spec.objectStore.deliverTo",
                "/spec/objectStore/deliverTo             | '[app]'                  | '[elsewhere]'           | spec.objectStore.deliverTo",
                "/spec/database/deliverTo                | '[app, workflows]'       | '[workflows, workflows]'| spec.database.deliverTo",
                "/spec/network/ingressFrom               | '[gateway]'              | '[gateway, gateway]'    | spec.network.ingressFrom",
                "/spec/network/egress/0/name             | a*40                     | a*41                    | spec.network.egress",
                "/spec/network/egress/0/subprocessor     | a*63                     | a*64                    | spec.network.egress[telephony].subprocessor",
                "/spec/network/egress/0/ports            | '[{port: 1}]'            | '[{port: 0}]'           | spec.network.egress[telephony].ports",
                "/spec/network/egress/0/ports            | '[{port: 65535}]'        | '[{port: 65536}]'       | spec.network.egress[telephony].ports",
                "/spec/network/egress/0/ports            | '[{port: 5, endPort: 5}]'| '[{port: 5, endPort: 4}]'| spec.network.egress[telephony].ports",
                "/spec/network/egress/0/ports            | '[{port: 5}]'            | '[{port: 5}, {port: 5}]'| spec.network.egress[telephony].ports",
                "/spec/network/egress/0/ports            | '[{port: 5}]'            | '[]'                    | spec.network.egress[telephony].ports",
                "/spec/network/egress/0/cidrs            | '[203.0.113.0/26]'       | '[203.0.113.0/26, 203.0.113.0/26]' | spec.network.egress[telephony].cidrs",
                "/spec/network/egress/0/cidrs            | '[203.0.113.0/26]'       | '[nowhere]'             | spec.network.egress[telephony].cidrs",
                "/spec/network/egress/1/hosts            | '[api.llm.example]'      | '[api.llm.example, api.llm.example]' | spec.network.egress[llm].hosts",
                "/spec/workflows/0/replicas              | 0                        | -1                      | spec.workflows[transcriber].replicas",
                "/spec/workflows/0/replicas              | 100                      | 101                     | spec.workflows[transcriber].replicas",
                "/spec/workflows/0/port                  | 1024                     | 1023                    | spec.workflows[transcriber].port",
                "/spec/workflows/0/port                  | 65535                    | 65536                   | spec.workflows[transcriber].port",
                "/spec/workflows/0/resources/cpu         | '\"1\"'                  | '\"0\"'                 | spec.workflows[transcriber].resources.cpu",
                "/spec/workflows/0/resources/memory      | 1Gi                      | '\"0\"'                 | spec.workflows[transcriber].resources.memory",
                "/spec/workflows/0/readinessProbe        | '{httpPath: /ready}'     | '{httpPath: /ready, tcp: true}' | spec.workflows[transcriber].readinessProbe",
                "/spec/workflows/0/readinessProbe        | '{tcp: true}'            | '{}'                    | spec.workflows[transcriber].readinessProbe",
                "/spec/workflows/0/secrets               | '[own]'                  | '[own, own]'            | spec.workflows[transcriber].secrets",
                "/spec/workflows/0/secrets               | '[bulkhead-database]'    | '[bulkhead-objectstore]'| spec.workflows[transcriber].secrets",
                "/spec/workflows/0/secrets               | '[own]'                  | '[\"no name\"]'         | spec.workflows[transcriber].secrets",
                "/spec/workflows/0/imagePullSecrets      | '[own]'                  | '[own, own]'            | spec.workflows[transcriber].imagePullSecrets",
                "/spec/workflows/0/imagePullSecrets      | '[own]'                  | '[bulkhead-own]'        | spec.workflows[transcriber].imagePullSecrets",
                "/spec/workflows/0/imagePullSecrets      | '[own]'                  | '[\"no name\"]'         | spec.workflows[transcriber].imagePullSecrets",
                "/spec/people/users/0                    | '{user: a}'              | '{user: a, group: b}'   | spec.people.users[0]",
                "/spec/people/users/0                    | '{user: a}'              | '{user: \"system:a\"}'  | spec.people.users[0].user",
                "/spec/people/users/0                    | '{user: a, until: \"2026-12-31\"}' | '{user: a, until: soon}' | spec.people.users[0].until",
            })
    void the_last_that_is_taken_and_the_first_that_is_not(String field, String taken, String refused, String subject) {
        put(field, taken);
        assertThat(complaints(subject)).as("%s: %s", field, taken).isEmpty();

        put(field, refused);
        assertThat(complaints(subject)).as("%s: %s", field, refused).isNotEmpty();
    }

    @ParameterizedTest(name = "{0} + {1} characters")
    @CsvSource({"40, 21, true", "40, 22, false", "3, 21, true"})
    void both_halves_of_a_namespace_fit_into_its_name(int tenant, int namespace, boolean fits) {
        put("/metadata/name", "a*" + tenant);
        put("/spec/namespaces", "[{name: " + "b".repeat(namespace) + "}]");

        assertThat(complaints("spec.namespaces[").isEmpty()).isEqualTo(fits);
    }

    private List<Finding> complaints(String subject) {
        return TenantValidator.validate(Examples.tenant(tree), Examples.around(Examples.tenant(tree)))
                .obstacles()
                .stream()
                .filter(finding -> finding.subject().startsWith(subject))
                .filter(finding -> finding.reason() != Reason.LooserThanProfile) // bounds have tests of their own
                .toList();
    }

    /** Sets a field to a piece of YAML; {@code a*3} is {@code aaa}. */
    private void put(String field, String yaml) {
        JsonPointer pointer = JsonPointer.compile(field);
        String last = pointer.last().getMatchingProperty();
        JsonNode parent = tree.at(pointer.head());
        JsonNode value = read(yaml.matches("a\\*\\d+") ? "a".repeat(Integer.parseInt(yaml.substring(2))) : yaml);
        if (parent instanceof ArrayNode list) {
            list.set(Integer.parseInt(last), value);
        } else {
            ((ObjectNode) parent).set(last, value);
        }
    }

    private static JsonNode read(String yaml) {
        try {
            return Examples.YAML.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
