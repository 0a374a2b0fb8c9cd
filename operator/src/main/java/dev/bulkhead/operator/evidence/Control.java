package dev.bulkhead.operator.evidence;

import java.util.Arrays;
import java.util.Optional;

/** The control catalogue. Ids are stable: status, reports, profiles and documents use them. */
public enum Control {
    TI_NS("TI-NS", "Namespaces belong to one tenant, and a tenant is one boundary", false),
    TI_NET("TI-NET", "Default deny in both directions; nothing crosses between tenants", false),
    TI_EGR("TI-EGR", "Traffic leaves only to listed destinations", true),
    TI_POD("TI-POD", "Pods are sandboxed: Pod Security restricted, seccomp, quota", false),
    TI_RBAC("TI-RBAC", "Three roles, no escalation, no wildcard subjects", false),
    TI_ADM("TI-ADM", "Number of platform administrators, break-glass", true),
    TI_DB("TI-DB", "Schema and roles of the tenant are closed to every other login", false),
    TI_OBJ("TI-OBJ", "The bucket is closed to every other key and to the public", false),
    TI_SEC("TI-SEC", "Secrets are enveloped per tenant; keys are versioned", false),
    TI_REST("TI-REST", "Data at rest is encrypted", true),
    TI_TLS("TI-TLS", "Every transport is encrypted and its peer verified", false),
    TI_BAK("TI-BAK", "Backups run on schedule, encrypted and kept apart", false),
    TI_DRILL("TI-DRILL", "Restores are drilled and compared", false),
    TI_RET("TI-RET", "Each class of data is deleted in time", false),
    TI_DEL("TI-DEL", "Offboarding deletes on approval and with a receipt", false),
    TI_LOG("TI-LOG", "Administrative actions are logged immutably", false),
    TI_ENV("TI-ENV", "Production and development share no backend", false),
    TI_RES("TI-RES", "Data stays where it was promised to stay", true),
    TI_CFG("TI-CFG", "Security parameters are bounded and versioned", false),
    TI_INC("TI-INC", "Incidents are recorded with their deadlines", true),
    TI_ATT("TI-ATT", "Certificates, contracts and reviews are current", true),
    TI_SLO("TI-SLO", "Availability is measured", false);

    private final String id;
    private final String promise;
    private final boolean attestable;

    Control(String id, String promise, boolean attestable) {
        this.id = id;
        this.promise = promise;
        this.attestable = attestable;
    }

    /** Stable id, such as {@code TI-NET}. */
    public String id() {
        return id;
    }

    /** What the control promises, in one sentence. */
    public String promise() {
        return promise;
    }

    /** Whether a probe shows it: exactly where the catalogue says how, which a test holds against the probes there are. */
    public boolean provable() {
        return ControlCatalogue.of(this).proven() != null;
    }

    /** Whether it keeps tenants apart: a tenant counts as isolated only when each of these is proven. */
    public boolean isolates() {
        return switch (this) {
            case TI_NS, TI_NET, TI_EGR, TI_POD, TI_RBAC, TI_DB, TI_OBJ, TI_SEC -> true;
            case TI_ADM,
                    TI_REST,
                    TI_TLS,
                    TI_BAK,
                    TI_DRILL,
                    TI_RET,
                    TI_DEL,
                    TI_LOG,
                    TI_ENV,
                    TI_RES,
                    TI_CFG,
                    TI_INC,
                    TI_ATT,
                    TI_SLO -> false;
        };
    }

    /** Whether somebody has to declare part of it. */
    public boolean attestable() {
        return attestable;
    }

    /** The control of that id. */
    public static Optional<Control> of(String id) {
        return Arrays.stream(values()).filter(c -> c.id.equals(id)).findFirst();
    }
}
