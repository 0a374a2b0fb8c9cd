package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Attestation;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A status as a reviewer reads it: each condition and each control on a line, nothing left out. */
final class StatusText {
    private StatusText() {}

    static String of(TenantStatus status) {
        StringBuilder text = new StringBuilder();
        line(text, "phase", status.phase());
        line(text, "isolation", status.isolation());
        line(text, "enforced", status.enforced());
        line(text, "proven", status.proven());
        line(text, "attested", status.attested());
        line(text, "lastProbe", status.lastProbe());
        line(text, "database", database(status));
        line(text, "objectStore", objectStore(status));
        line(text, "keys", status.keys() == null ? null : status.keys().masterKeyId());
        status.namespaces()
                .forEach(n -> text.append("namespace ")
                        .append(n.name())
                        .append(": ")
                        .append(n.state())
                        .append('\n'));
        status.workflows()
                .forEach(w -> text.append("workflow ")
                        .append(w.name())
                        .append(": ")
                        .append(w.available())
                        .append('/')
                        .append(w.replicas())
                        .append('\n'));
        text.append("conditions:\n");
        status.conditions().forEach(c -> text.append("  ").append(condition(c)).append('\n'));
        text.append("controls:\n");
        status.controls().forEach(c -> text.append("  ").append(control(c)).append('\n'));
        text.append("residualRisks: [")
                .append(status.residualRisks().stream().map(ResidualRisk::id).collect(Collectors.joining(", ")))
                .append("]\n");
        return text.toString();
    }

    private static void line(StringBuilder text, String name, @Nullable Object value) {
        text.append(name).append(": ").append(value == null ? "null" : value).append('\n');
    }

    private static @Nullable String database(TenantStatus status) {
        TenantStatus.DatabaseStatus database = status.database();
        return database == null
                ? null
                : database.server() + "/" + database.database() + "/" + database.schema() + " by " + database.login();
    }

    private static @Nullable String objectStore(TenantStatus status) {
        TenantStatus.ObjectStoreStatus store = status.objectStore();
        return store == null ? null : store.store() + "/" + store.bucket() + " by " + store.accessKeyId();
    }

    private static String condition(Condition condition) {
        return condition.type() + ": " + condition.status() + " " + condition.reason() + " since "
                + condition.lastTransitionTime() + " # " + condition.message();
    }

    private static String control(ControlStatus control) {
        return control.id() + ": " + control.demand() + " " + control.enforcement() + " " + control.reason() + ", "
                + control.proof()
                + (control.attestation() == Attestation.NotRequired ? "" : ", attestation " + control.attestation())
                + (control.observedAt() == null
                        ? ""
                        : ", observed " + control.observedAt() + " valid until " + control.validUntil())
                + (control.seenAt() == null ? "" : ", seen " + control.seenAt() + " every " + control.lookEvery())
                + (control.message() == null ? "" : " # " + control.message())
                + (control.proofMessage() == null ? "" : " # probe: " + control.proofMessage());
    }
}
