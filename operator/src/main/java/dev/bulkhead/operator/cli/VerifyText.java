package dev.bulkhead.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.probe.TenantRound;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a verification prints: for people a table, for machines JSON. */
final class VerifyText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String tenant;
    private final TenantRound.RoundFound found;

    VerifyText(String tenant, TenantRound.RoundFound found) {
        this.tenant = tenant;
        this.found = found;
    }

    /** One line for an attempt that just ended. */
    static String progress(Trial trial) {
        return String.format("  %-8s %-8s %s", trial.proves().id(), trial.result(), trial.name());
    }

    /** 0 when every control that isolates is proven, 1 when a way out was open, 2 when that is unknown. */
    int exitCode() {
        if (found.trials().stream().anyMatch(Trial::breach)) {
            return 1;
        }
        boolean proven = Arrays.stream(Control.values())
                .filter(Control::isolates)
                .allMatch(control -> found.proofs().stream()
                        .anyMatch(p -> p.control() == control && p.finding() == ControlProof.RoundFinding.Proven));
        return proven ? 0 : VerifyCommand.UNKNOWN;
    }

    /** In the words of the Tenant's status. */
    private Isolation verdict() {
        return switch (exitCode()) {
            case 0 -> Isolation.Verified;
            case 1 -> Isolation.Breached;
            default -> Isolation.Unknown;
        };
    }

    String table() {
        List<String[]> attempts = new ArrayList<>();
        attempts.add(new String[] {"CONTROL", "RESULT", "ATTEMPT", "ATTACK", "POSITIVE CONTROL"});
        for (Trial trial : found.trials()) {
            attempts.add(new String[] {
                trial.proves().id(),
                trial.result().name(),
                trial.name(),
                trial.attack().toString(),
                trial.check().toString()
            });
        }
        List<String[]> controls = new ArrayList<>();
        controls.add(new String[] {"CONTROL", "PROOF", "BLOCKED", "MESSAGE"});
        for (ControlProof proof : found.proofs()) {
            controls.add(new String[] {
                proof.control().id(), proof.finding().name(), proof.blocked() + "/" + proof.attempts(), proof.message()
            });
        }
        return TextTable.aligned(attempts) + "\n" + TextTable.aligned(controls) + "\n" + tenant + ": " + verdict()
                + "\n";
    }

    String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("tenant", tenant).put("verdict", verdict().name());
        ArrayNode controls = root.putArray("controls");
        for (ControlProof proof : found.proofs()) {
            controls.addObject()
                    .put("id", proof.control().id())
                    .put("proof", proof.finding().name())
                    .put("breach", proof.breach())
                    .put("attempts", proof.attempts())
                    .put("blocked", proof.blocked())
                    .put("message", proof.message())
                    .put("observedAt", proof.observedAt().toString())
                    .put("validUntil", proof.validUntil().toString());
        }
        ArrayNode attempts = root.putArray("attempts");
        for (Trial trial : found.trials()) {
            ObjectNode node = attempts.addObject()
                    .put("control", trial.proves().id())
                    .put("name", trial.name())
                    .put("kind", trial.kind().name())
                    .put("result", trial.result().name());
            attempt(node.putObject("attack"), trial.attack());
            attempt(node.putObject("positiveControl"), trial.check());
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts is always JSON", e);
        }
    }

    private static void attempt(ObjectNode node, Attempt attempt) {
        node.put("actor", attempt.actor())
                .put("target", attempt.target())
                .put("ending", attempt.ending().name())
                .put("detail", attempt.detail());
    }
}
