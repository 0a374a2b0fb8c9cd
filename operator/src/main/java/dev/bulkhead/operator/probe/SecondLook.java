package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.probe.Ground.NotInForce;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Before an attack that got through is called one: what it rests on is read again, fresh, before and after the same is
 * tried once more. What changed meanwhile, or is not in force yet, makes it unclear and not a breach: a Tenant that asks
 * for something else is no hole in a wall.
 */
final class SecondLook {
    /** Looks, as long as what they rest on changes under them. */
    private static final int MOST = 3;

    private final Function<Collection<String>, Ground> grounds;
    private final Duration pause;
    private final Clock clock;

    /**
     * Wired by hand.
     *
     * @param grounds reads what attacks on these tenants rest on
     * @param pause between two looks
     */
    SecondLook(Function<Collection<String>, Ground> grounds, Duration pause, Clock clock) {
        this.grounds = grounds;
        this.pause = pause;
        this.clock = clock;
    }

    /** A probe's run over one tenant. */
    @FunctionalInterface
    interface Again {
        List<Trial> run(Subject self, List<Subject> others) throws InterruptedException;
    }

    /**
     * What a look led to.
     *
     * @param passing whether another round should follow at once: what was in the way ends by itself
     */
    record Looked(List<Trial> trials, boolean passing) {
        Looked {
            trials = List.copyOf(trials);
        }
    }

    /** Whether something of it has to be looked at again: a weakness starts no clocks. */
    static boolean needed(List<Trial> trials) {
        return trials.stream().anyMatch(Trial::breach);
    }

    /**
     * Looks again.
     *
     * @param first what the probe found, some of it Through
     * @param restsOnSpec whether what the probe takes for allowed follows from specs
     */
    Looked at(Subject self, List<Subject> others, List<Trial> first, boolean restsOnSpec, Again again)
            throws InterruptedException {
        List<String> names = Stream.concat(Stream.of(self), others.stream())
                .map(Subject::tenant)
                .toList();
        for (int look = 1; ; look++) {
            Ground before = grounds.apply(names);
            Subject fresh = before.subject(self.tenant())
                    .filter(found -> found.identity().equals(self.identity()))
                    .orElse(null);
            if (fresh == null) {
                return new Looked(unclear(first, "Tenant " + self.tenant() + " is not what it was", List.of()), true);
            }
            // One that stays refused would hide what all who meet it do; what is in force there, nobody knows.
            List<Subject> still = others.stream()
                    .flatMap(other -> before.subject(other.tenant()).stream())
                    .filter(other -> !restsOnSpec
                            || before.notInForce(List.of(other.tenant()), clock.instant())
                                    .isEmpty())
                    .toList();
            List<Trial> second = again.run(fresh, still);
            Ground after = grounds.apply(names);
            List<String> asked = Stream.concat(Stream.of(self), still.stream())
                    .map(Subject::tenant)
                    .toList();
            NotInForce obstacle = obstacle(before, after, asked, restsOnSpec);
            if (obstacle == null || !obstacle.passing() || look == MOST) {
                boolean unchanged = still.size() == others.size()
                        && Stream.concat(Stream.of(self), others.stream())
                                .allMatch(one -> before.subject(one.tenant())
                                        .filter(now -> unchanged(one, now))
                                        .isPresent());
                return settled(first, second, after, asked, obstacle, unchanged);
            }
            Thread.sleep(pause);
        }
    }

    /** What a first look found, where the second could not be taken. */
    static Looked unread(List<Trial> first, String reason) {
        return new Looked(unclear(first, "what it rests on could not be read again: " + reason, List.of()), true);
    }

    /** A spec that asks for the same, of a tenant whose data lies where it did. */
    private static boolean unchanged(Subject before, Subject now) {
        return before.identity().equals(now.identity())
                && before.spec().equals(now.spec())
                && before.homes().equals(now.homes());
    }

    private @Nullable NotInForce obstacle(Ground before, Ground after, List<String> names, boolean restsOnSpec) {
        Optional<NotInForce> changed = after.since(before).map(what -> new NotInForce(what, true));
        return changed.or(() -> restsOnSpec ? after.notInForce(names, clock.instant()) : Optional.empty())
                .orElse(null);
    }

    private Looked settled(
            List<Trial> first,
            List<Trial> second,
            Ground after,
            List<String> names,
            @Nullable NotInForce obstacle,
            boolean unchanged) {
        if (obstacle != null) {
            return new Looked(unclear(second, obstacle.reason(), gone(first, second)), obstacle.passing());
        }
        NotInForce spreading = after.spreading(names, clock.instant()).orElse(null);
        List<Trial> trials = new ArrayList<>();
        boolean passing = false;
        for (Trial trial : second) {
            if (spreading != null && through(trial) && trial.kind() == TrialKind.SilentBreakOut) {
                trials.add(unclear(trial, spreading.reason()));
                passing = true;
            } else {
                trials.add(trial);
            }
        }
        // What was done cannot be undone by being refused the next time; what was only read may have been an old
        // picture.
        for (Trial trial : gone(first, second)) {
            boolean done = trial.kind() == TrialKind.BreakOut && unchanged;
            trials.add(done ? trial : unclear(trial, "got through once, and not when it was tried again"));
            passing |= !done;
        }
        return new Looked(trials, passing);
    }

    /** What got through the first time only. */
    private static List<Trial> gone(List<Trial> first, List<Trial> second) {
        return first.stream()
                .filter(SecondLook::through)
                .filter(trial -> second.stream()
                        .filter(SecondLook::through)
                        .noneMatch(other ->
                                other.proves() == trial.proves() && other.way().equals(trial.way())))
                .toList();
    }

    private static List<Trial> unclear(List<Trial> trials, String reason, List<Trial> more) {
        return Stream.concat(trials.stream(), more.stream())
                .map(trial -> through(trial) ? unclear(trial, reason) : trial)
                .toList();
    }

    private static Trial unclear(Trial trial, String reason) {
        Attempt attack = trial.attack();
        return new Trial(
                trial.proves(),
                trial.name(),
                trial.kind(),
                Attempt.broken(attack.actor(), attack.target(), reason + "; tried again: " + attack.detail()),
                trial.check());
    }

    private static boolean through(Trial trial) {
        return trial.result() == TrialResult.Through;
    }
}
