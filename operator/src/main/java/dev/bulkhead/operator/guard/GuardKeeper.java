package dev.bulkhead.operator.guard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.operator.guard.GuardReport.GuardLine;
import dev.bulkhead.operator.guard.GuardReport.GuardStanding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the guards as the chart wrote them. What somebody deleted, changed or unbound is restored in the next round,
 * except guard 0, which holds the platform's own accounts: that one is only watched. Writes nothing while nothing changes.
 */
public final class GuardKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(GuardKeeper.class);

    /** The guard that holds the platform's own accounts: the chart's alone. */
    private static final String OWN_LEASH = "0";

    private static final Comparator<Map.Entry<String, ?>> BY_NUMBER =
            Comparator.comparingInt(entry -> Integer.parseInt(entry.getKey()));

    private final GuardObjects objects;
    private final GuardEvents events;
    private final Clock clock;
    private volatile GuardReport report = GuardReport.none();

    /** What was not as it should be in the last round, object by object. */
    private Set<String> told = Set.of();

    private volatile Consumer<GuardReport> listener = _ -> {};

    /**
     * Keeps nothing before the first {@link #round()}.
     *
     * @param namespace of the operator, where the chart leaves the text of the guards
     * @param instance name of this process, for events
     */
    public GuardKeeper(KubernetesClient client, String namespace, Clock clock, String instance) {
        this.objects = new GuardObjects(client, namespace);
        this.events = new GuardEvents(client, clock, instance);
        this.clock = clock;
    }

    /** How the guards stood in the last round. */
    public GuardReport state() {
        return report;
    }

    /** Tells what every round finds; replaces the listener before. */
    public void listen(Consumer<GuardReport> told) {
        listener = told;
    }

    /** Looks at every guard and restores what may be restored. Throws nothing: what fails is in the report. */
    public void round() {
        round(() -> {});
    }

    /**
     * The same.
     *
     * @param goesOn called after each object: a server that does not answer makes a round long
     */
    void round(Runnable goesOn) {
        GuardReport before = report;
        GuardReport now;
        try {
            now = look(before, goesOn);
        } catch (KubernetesClientException e) {
            now = blind(before, "the API server did not say what the guards should be (" + e.getCode() + ")");
        } catch (IllegalArgumentException e) {
            now = blind(before, "ConfigMap " + GuardObjects.TEXTS + " cannot be used: " + e.getMessage());
        }
        if (now.trouble() != null && !now.trouble().equals(before.trouble())) {
            LOG.atWarn().addKeyValue("reason", now.trouble()).log("guards not looked at");
        }
        report = now;
        listener.accept(now);
    }

    private GuardReport look(GuardReport before, Runnable goesOn) {
        Map<String, String> texts = objects.texts();
        if (texts == null) {
            return blind(before, "ConfigMap " + GuardObjects.TEXTS + " is missing; run helm upgrade");
        }
        Map<String, List<GuardLook>> looks = new TreeMap<>();
        for (GuardText text : GuardText.read(texts)) {
            looks.computeIfAbsent(text.guard(), _ -> new ArrayList<>()).add(look(text));
            goesOn.run();
        }
        if (looks.isEmpty()) {
            return blind(before, "ConfigMap " + GuardObjects.TEXTS + " holds no guard; run helm upgrade");
        }
        looks.values().stream().flatMap(List::stream).forEach(this::tell);
        told = looks.values().stream()
                .flatMap(List::stream)
                .map(GuardLook::detail)
                .collect(Collectors.toUnmodifiableSet());
        Instant now = clock.instant();
        return new GuardReport(
                now,
                looks.entrySet().stream()
                        .sorted(BY_NUMBER)
                        .map(guard -> line(guard.getKey(), guard.getValue(), before, now))
                        .toList(),
                null);
    }

    /** Nothing was learnt: the lines stay, so that a breach is not forgotten, but none of them counts as intact. */
    private static GuardReport blind(GuardReport before, String why) {
        return new GuardReport(before.observedAt(), before.guards(), why);
    }

    private record GuardLook(GuardText text, GuardStanding standing, String detail) {}

    private GuardLook look(GuardText text) {
        String what = text.kind() + " " + text.name();
        try {
            JsonNode found = objects.find(text);
            String difference = found == null ? "was deleted" : text.difference(found);
            if (difference == null) {
                return new GuardLook(text, GuardStanding.INTACT, "");
            }
            String detail = what + ": " + difference;
            if (OWN_LEASH.equals(text.guard())) {
                return new GuardLook(text, found == null ? GuardStanding.MISSING : GuardStanding.TAMPERED, detail);
            }
            if (found == null) {
                objects.create(text);
            } else {
                objects.replace(text, found);
            }
            return new GuardLook(text, GuardStanding.RESTORED, detail);
        } catch (KubernetesClientException e) {
            return new GuardLook(
                    text, GuardStanding.UNKNOWN, what + " could not be looked at or restored (" + e.getCode() + ")");
        }
    }

    private GuardLine line(String guard, List<GuardLook> looks, GuardReport before, Instant now) {
        GuardLine last = before.guard(guard);
        GuardLook worst =
                looks.stream().max(Comparator.comparing(GuardLook::standing)).orElseThrow();
        boolean restored = looks.stream().anyMatch(look -> look.standing() == GuardStanding.RESTORED);
        return new GuardLine(
                guard,
                worst.standing(),
                last != null && last.standing() == worst.standing() && !restored ? last.since() : now,
                worst.detail(),
                restored ? now : last == null ? null : last.lastRestored());
    }

    /** Says each change once: a restoration every time, what stays broken when it begins. */
    private void tell(GuardLook look) {
        boolean known = told.contains(look.detail());
        switch (look.standing()) {
            case INTACT -> {}
            case RESTORED -> {
                LOG.atInfo()
                        .addKeyValue("guard", look.text().guard())
                        .addKeyValue("change", look.detail())
                        .log("guard restored");
                events.publish(look.text(), "GuardRestored", look.detail() + ", and has been restored.");
            }
            case TAMPERED, MISSING -> {
                if (!known) {
                    LOG.atWarn()
                            .addKeyValue("guard", look.text().guard())
                            .addKeyValue("change", look.detail())
                            .log("guard tampered with");
                    events.publish(
                            look.text(),
                            "GuardTampered",
                            look.detail()
                                    + ". It holds the platform's own accounts, so only helm upgrade restores it.");
                }
            }
            case UNKNOWN -> {
                if (!known) {
                    LOG.atWarn()
                            .addKeyValue("guard", look.text().guard())
                            .addKeyValue("reason", look.detail())
                            .log("guard not known");
                }
            }
        }
    }
}
