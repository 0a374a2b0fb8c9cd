package dev.bulkhead.operator.part;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.backend.BackendView;
import java.util.List;
import java.util.stream.Collectors;

/** What a server or store lacks, as it is said of the tenants there. */
public final class Lacking {
    private Lacking() {}

    /** A verdict that names what the server does not offer. */
    public static ControlVerdict remark(ControlVerdict verdict, BackendView view) {
        String names = view.lacking().stream().map(Capability::name).sorted().collect(Collectors.joining(", "));
        return names.isEmpty() ? verdict : verdict.remarking("the server does not offer: " + names);
    }

    /**
     * One risk for each thing that is lacking.
     *
     * @param prefix of their ids, such as {@code database}
     * @param where the server, such as {@code DatabaseServer main}
     */
    public static List<ResidualRisk> risks(String prefix, String where, BackendView view) {
        return view.lacking().stream()
                .map(c -> new ResidualRisk(
                        prefix + "-without-" + kebab(c.name()),
                        where + " does not offer " + c.name() + (c.message() == null ? "." : ": " + c.message())))
                .toList();
    }

    private static String kebab(String camel) {
        StringBuilder kebab = new StringBuilder();
        camel.chars()
                .forEach(
                        c -> kebab.append(Character.isUpperCase(c) ? "-" : "").append((char) Character.toLowerCase(c)));
        return kebab.toString();
    }
}
