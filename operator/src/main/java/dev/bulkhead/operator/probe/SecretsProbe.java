package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.AccessReviews.Answer;
import dev.bulkhead.operator.probe.AccessReviews.Question;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Whether the secrets of a tenant stay its own: others asking for its Secrets, and sealed values in the wrong hands.
 * The second is tried between the canary tenants only, and counts for everybody: it is the same operator and the same
 * code. It asks at most 17 reviews per tenant and round, with eight other tenants.
 */
public final class SecretsProbe implements Probe {
    private final AccessReviews reviews;
    private final Source<List<Trial>> canary;
    private final PlatformAccounts platform;
    private final Clock clock;
    private final RandomGenerator random;

    /**
     * Wired by hand.
     *
     * @param canary the trials of {@link CanaryExchange}, of now or of a short while ago
     * @param random draws whom to ask for, and where
     */
    public SecretsProbe(
            AccessReviews reviews,
            Source<List<Trial>> canary,
            PlatformAccounts platform,
            Clock clock,
            RandomGenerator random) {
        this.reviews = reviews;
        this.canary = canary;
        this.platform = platform;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_SEC);
    }

    @Override
    public Instant triedAt(Subject self, Instant now) {
        return canary.readAt(now);
    }

    @Override
    public void again(Instant moment) {
        canary.notBefore(moment);
    }

    @Override
    public boolean restsOnSpec() {
        return true;
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        List<Trial> trials = new ArrayList<>();
        if (!others.isEmpty()) {
            trials.addAll(asked(self, others));
        }
        trials.addAll(canary.read());
        return trials;
    }

    private List<Trial> asked(Subject self, List<Subject> others) throws InterruptedException {
        String namespace = pick(self.namespaces()).fullName();
        List<Question> people = new ArrayList<>();
        List<Question> accounts = new ArrayList<>();
        for (Subject other : others) {
            TenantNamespace theirs = pick(other.namespaces());
            accounts.add(new Question(Asker.account(theirs.fullName(), "default"), "get", "secrets", namespace));
            List<Asker> asking = people(other, self);
            if (!asking.isEmpty()) {
                people.add(new Question(pick(asking), "list", "secrets", namespace));
            }
        }
        Asker operator = Asker.account(
                platform.operator().namespace(), platform.operator().name());
        List<Question> all = Stream.of(people, accounts, List.of(new Question(operator, "get", "secrets", namespace)))
                .flatMap(List::stream)
                .toList();
        List<Answer> answers = reviews.ask(all);
        Attempt check = MatrixTrials.check(List.of(answers.getLast()));
        List<Trial> trials = new ArrayList<>();
        if (!people.isEmpty()) {
            trials.add(trial("people of another tenant open Secrets", answers.subList(0, people.size()), check));
        }
        trials.add(trial(
                "ServiceAccounts of another tenant open Secrets",
                answers.subList(people.size(), people.size() + accounts.size()),
                check));
        return trials;
    }

    private static Trial trial(String name, List<Answer> answers, Attempt check) {
        // The one who got through is the one to name.
        Answer first = answers.stream()
                .filter(a -> a.kind() == Answer.AnswerKind.Allowed)
                .findFirst()
                .orElse(answers.getFirst());
        String where = "Secrets in namespace " + first.question().namespace();
        List<Answer> named = first.kind() == Answer.AnswerKind.Allowed ? List.of(first) : answers;
        return new Trial(Control.TI_SEC, name, TrialKind.BreakOut, MatrixTrials.attack(named, where), check);
    }

    /** People of the other tenant who are not this one's as well. */
    private List<Asker> people(Subject other, Subject self) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        List<TenantSpec.Person> own = people(self);
        return people(other).stream()
                .filter(p -> Asker.current(p, today))
                .filter(p -> own.stream()
                        .noneMatch(o -> Objects.equals(o.user(), p.user()) && Objects.equals(o.group(), p.group())))
                .map(p -> Asker.of(p, "somebody of " + other.tenant() + ":"))
                .toList();
    }

    private static List<TenantSpec.Person> people(Subject subject) {
        TenantSpec.People people = subject.spec().people();
        return people == null ? List.of() : people.everybody().toList();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
