package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.api.v1beta1.IncidentSpec.IncidentFinding;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.Marks;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which Incidents a round makes: one for each way out that was open, with clocks of its own. A way that stays open is one
 * Incident until somebody acknowledges it, and hides no other. Pure.
 */
@Pure
public final class IncidentPlanner {
    /** Open Incidents of one tenant and control; where there are more ways, one more stands for all the others. */
    static final int MOST = 10;

    /** The way of the one that stands for all the others. */
    static final String FURTHER = "further ways";

    private static final int LONGEST_WAY = 500;

    private static final Duration DOCUMENT = Duration.ofDays(1);
    private static final Duration NOTIFY = Duration.ofDays(2);
    private static final Duration REPORT = Duration.ofDays(3);

    private IncidentPlanner() {}

    /**
     * The Incidents to make.
     *
     * @param trials of a round over this tenant
     * @param incidents of this tenant, whatever became of them
     * @param now when the ways were found
     */
    public static List<Incident> plan(
            Subject subject, Collection<Trial> trials, Collection<Incident> incidents, Instant now) {
        Map<Control, Map<String, Trial>> breaches = new TreeMap<>();
        trials.stream()
                .filter(Trial::breach)
                .forEach(trial -> breaches.computeIfAbsent(trial.proves(), _ -> new LinkedHashMap<>())
                        .putIfAbsent(way(trial), trial));
        List<IncidentFinding> open = incidents.stream()
                .filter(incident -> incident.getSpec().acknowledgement() == null)
                .map(incident -> incident.getSpec().finding())
                .filter(finding -> finding.identity().equals(subject.identity().value()))
                .toList();
        Instant found = now.truncatedTo(ChronoUnit.SECONDS);
        List<Incident> made = new ArrayList<>();
        breaches.forEach((control, ways) -> {
            List<IncidentFinding> known =
                    open.stream().filter(f -> f.control().equals(control.id())).toList();
            List<Trial> fresh = ways.values().stream()
                    .filter(trial -> known.stream().noneMatch(finding -> isOf(finding, trial)))
                    .toList();
            int room = Math.clamp((long) MOST - known.size(), 0, fresh.size());
            fresh.stream()
                    .limit(room)
                    .map(trial -> incident(subject, control, way(trial), trial.explanation(), found))
                    .forEach(made::add);
            List<Trial> further = fresh.subList(room, fresh.size());
            if (!further.isEmpty() && known.stream().noneMatch(finding -> FURTHER.equals(finding.way()))) {
                made.add(incident(
                        subject,
                        control,
                        FURTHER,
                        "more than " + MOST + " ways are open; each round's are in the tenant's Report. Of the others: "
                                + ControlProof.explain(further),
                        found));
            }
        });
        return List.copyOf(made);
    }

    /** Those that were made before ways had names were about all that they name. */
    private static boolean isOf(IncidentFinding finding, Trial trial) {
        return finding.way() == null
                ? finding.message().contains(trial.explanation())
                : finding.way().equals(way(trial));
    }

    private static String way(Trial trial) {
        return cut(trial.way(), LONGEST_WAY);
    }

    /** Two long ones that begin alike stay two. */
    private static String cut(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 9) + "…" + hash(text);
    }

    private static String hash(String text) {
        return String.format("%08x", text.hashCode());
    }

    private static Incident incident(Subject subject, Control control, String way, String message, Instant found) {
        Incident incident = new Incident();
        incident.setMetadata(new ObjectMetaBuilder()
                .withName(String.join(
                        "-",
                        subject.tenant(),
                        control.id().toLowerCase(Locale.ROOT),
                        String.valueOf(found.getEpochSecond()),
                        hash(way)))
                .addToLabels(Marks.TENANT, subject.tenant())
                .addToLabels(Marks.IDENTITY, subject.identity().value())
                .build());
        incident.setSpec(new IncidentSpec(
                new IncidentFinding(
                        subject.tenant(),
                        subject.identity().value(),
                        control.id(),
                        way,
                        ControlProof.shortened(message),
                        found.toString(),
                        found.plus(DOCUMENT).toString(),
                        found.plus(NOTIFY).toString(),
                        found.plus(REPORT).toString()),
                null));
        return incident;
    }
}
