package dev.bulkhead.operator.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantSpec.People;
import dev.bulkhead.api.v1beta1.TenantSpec.Person;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormerPeopleTest {
    private static final People LISTED = new People(
            List.of(new Person("admin", null, null)),
            List.of(new Person("user", null, null), new Person(null, "team", null)),
            List.of(new Person("auditor", null, null)));

    private static final String EVERYBODY =
            "User admin,User user,Group team,User auditor,User gone,Group gone,User team,"
                    + "ServiceAccount gone,Group system:authenticated,User system:serviceaccount:acme--web:gone";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # the role bound                  | who has to go from a binding of everybody
            Role own                          | User gone,Group gone,User team
            Role bulkhead-tenant-admin        | User gone,Group gone,User team
            ClusterRole bulkhead-auditor      | User gone,Group gone,User team
            ClusterRole bulkhead-tenant-user  | User auditor,User gone,Group gone,User team
            ClusterRole bulkhead-tenant-admin | User user,Group team,User auditor,User gone,Group gone,User team
            ClusterRole view                  | ''
            ClusterRole bulkhead-tenant-prober| ''
            """)
    void who_is_not_listed_in_the_role_that_is_bound_goes(String role, String going) {
        assertThat(FormerPeople.among(binding(role, EVERYBODY), LISTED).stream()
                        .map(s -> s.getKind() + " " + s.getName()))
                .containsExactlyElementsOf(going.isEmpty() ? List.of() : Arrays.asList(going.split(",", -1)));
    }

    @ParameterizedTest
    @CsvSource({"Role own", "ClusterRole bulkhead-tenant-admin"})
    void programs_stay_where_nobody_is_listed(String role) {
        assertThat(FormerPeople.among(binding(role, "ServiceAccount gone,User user"), People.none()))
                .singleElement()
                .returns("user", s -> s.getName());
        assertThat(FormerPeople.among(binding(role, "ServiceAccount gone"), People.none()))
                .isEmpty();
    }

    private static RoleBinding binding(String role, String subjects) {
        String[] bound = role.split(" ", -1);
        RoleBindingBuilder binding = new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("made-by-an-admin")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", bound[0], bound[1]);
        for (String subject : subjects.split(",", -1)) {
            String[] who = subject.split(" ", -1);
            binding.addNewSubject(null, who[0], who[1], null);
        }
        return binding.build();
    }
}
