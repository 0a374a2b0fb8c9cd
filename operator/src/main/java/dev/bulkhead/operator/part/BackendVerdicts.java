package dev.bulkhead.operator.part;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.TenantSpec.Environment;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.evidence.Control;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is to be said of every tenant on a server or store, whatever its kind. Pure.
 *
 * @param where the server or store, such as {@code DatabaseServer main}
 * @param view what is known of it
 */
@Pure
public record BackendVerdicts(String where, BackendView view) {
    /** Tenants are kept apart as planned; with a word on what the server does not offer. */
    public ControlVerdict apart(Control control, Made made) {
        String lacking = view.lacking().stream().map(Capability::name).sorted().collect(Collectors.joining(", "));
        ControlVerdict verdict = ControlVerdict.of(control, made);
        return (lacking.isEmpty() ? verdict : verdict.remarking("the server does not offer: " + lacking))
                .seenAt(where, view.look());
    }

    /** The way there is encrypted, or it is not. */
    public ControlVerdict encrypted(boolean tls) {
        return tls
                ? ControlVerdict.enforced(Control.TI_TLS, where + ": TLS, peer verified")
                : ControlVerdict.without(
                        Control.TI_TLS,
                        Enforcement.NotEnforceable,
                        where + " is reached without TLS; configure it there");
    }

    /** It serves one environment. */
    public ControlVerdict serves(Environment environment, Made made) {
        return ControlVerdict.of(Control.TI_ENV, made).remarking(where + " serves " + environment + " only");
    }

    /**
     * One risk for each thing that is lacking.
     *
     * @param prefix of their ids, such as {@code database}
     */
    public List<ResidualRisk> risks(String prefix) {
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
