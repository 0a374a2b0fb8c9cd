package dev.bulkhead.operator.evidence;

import java.util.Arrays;
import java.util.Optional;

/** The control catalogue. Ids are stable: status, reports, profiles and documents use them. */
public enum Control {
    TI_NS("TI-NS", "Namespaces belong to one tenant, and a tenant is one boundary", true, false),
    TI_NET("TI-NET", "Default deny in both directions; nothing crosses between tenants", true, false),
    TI_EGR("TI-EGR", "Traffic leaves only to listed destinations", true, true),
    TI_POD("TI-POD", "Pods are sandboxed: Pod Security restricted, seccomp, quota", true, false),
    TI_RBAC("TI-RBAC", "Three roles, no escalation, no wildcard subjects", true, false),
    TI_ADM("TI-ADM", "Number of platform administrators, break-glass", true, true),
    TI_DB("TI-DB", "Schema and roles of the tenant are closed to every other login", true, false),
    TI_OBJ("TI-OBJ", "The bucket is closed to every other key and to the public", true, false),
    TI_SEC("TI-SEC", "Secrets are enveloped per tenant; keys are versioned", true, false),
    TI_REST("TI-REST", "Data at rest is encrypted", true, true),
    TI_TLS("TI-TLS", "Every transport is encrypted and its peer verified", true, false),
    TI_BAK("TI-BAK", "Backups run on schedule, encrypted and kept apart", true, false),
    TI_DRILL("TI-DRILL", "Restores are drilled and compared", true, false),
    TI_RET("TI-RET", "Each class of data is deleted in time", true, false),
    TI_DEL("TI-DEL", "Offboarding deletes on approval and with a receipt", true, false),
    TI_LOG("TI-LOG", "Administrative actions are logged immutably", true, false),
    TI_ENV("TI-ENV", "Production and development share no backend", true, false),
    TI_RES("TI-RES", "Data stays where it was promised to stay", true, true),
    TI_CFG("TI-CFG", "Security parameters are bounded and versioned", true, false),
    TI_INC("TI-INC", "Incidents are recorded with their deadlines", false, true),
    TI_ATT("TI-ATT", "Certificates, contracts and reviews are current", false, true),
    TI_SLO("TI-SLO", "Availability is measured", true, false);

    private final String id;
    private final String promise;
    private final boolean provable;
    private final boolean attestable;

    Control(String id, String promise, boolean provable, boolean attestable) {
        this.id = id;
        this.promise = promise;
        this.provable = provable;
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

    /** Whether a probe can show it. */
    public boolean provable() {
        return provable;
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
