package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.probe.AccessMatrix.ExpectedAnswer;
import dev.bulkhead.operator.probe.AccessMatrix.MatrixColumn;
import dev.bulkhead.operator.probe.AccessMatrix.MatrixRow;
import dev.bulkhead.operator.probe.AccessMatrix.Scope;
import dev.bulkhead.operator.probe.AccessReviews.Answer;
import dev.bulkhead.operator.probe.AccessReviews.Question;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Compares the API server's answers with the matrix: of each role one person (or ServiceAccount), drawn anew in every
 * round, in one of the tenant's namespaces, in one namespace of each other tenant, and in the cluster.
 */
final class MatrixTrials {
    private final AccessReviews reviews;
    private final AccessMatrix matrix;
    private final RandomGenerator random;
    private final LocalDate today;

    MatrixTrials(AccessReviews reviews, AccessMatrix matrix, RandomGenerator random, LocalDate today) {
        this.reviews = reviews;
        this.matrix = matrix;
        this.random = random;
        this.today = today;
    }

    private record AskedRight(MatrixColumn role, Scope scope, ExpectedAnswer expected, Question question) {}

    private record RightKey(MatrixColumn role, Scope scope) implements Comparable<RightKey> {
        @Override
        public int compareTo(RightKey other) {
            int byRole = role.compareTo(other.role);
            return byRole != 0 ? byRole : scope.compareTo(other.scope);
        }
    }

    /**
     * Asks, and judges the answers.
     *
     * @param told whether a reason of the API server is a way out that is told of elsewhere: such an answer is no further one
     */
    List<Trial> of(Subject self, List<Subject> others, Predicate<String> told) throws InterruptedException {
        List<AskedRight> asked = new ArrayList<>();
        for (MatrixColumn role : MatrixColumn.values()) {
            asked.addAll(asked(role, self, others));
        }
        List<Answer> answers =
                reviews.ask(asked.stream().map(AskedRight::question).toList());
        Map<RightKey, List<Answer>> refusals = new TreeMap<>();
        Map<MatrixColumn, List<Answer>> checks = new TreeMap<>();
        for (int i = 0; i < asked.size(); i++) {
            AskedRight one = asked.get(i);
            if (one.expected() == ExpectedAnswer.Yes) {
                checks.computeIfAbsent(one.role(), _ -> new ArrayList<>()).add(answers.get(i));
            } else {
                refusals.computeIfAbsent(new RightKey(one.role(), one.scope()), _ -> new ArrayList<>())
                        .add(answers.get(i));
            }
        }
        List<Trial> trials = new ArrayList<>();
        refusals.forEach((key, list) -> {
            Attempt check = check(checks.getOrDefault(key.role(), List.of()));
            byKind(list, told)
                    .forEach((kind, answered) -> attacks(answered, key.scope(), self)
                            .forEach(attack -> trials.add(new Trial(Control.TI_RBAC, name(key), kind, attack, check))));
        });
        return trials;
    }

    /** Each answer by itself: of several rights that are open, one may be told of elsewhere and the next one not. */
    static Map<TrialKind, List<Answer>> byKind(List<Answer> answers, Predicate<String> told) {
        return answers.stream()
                .collect(Collectors.groupingBy(
                        answer -> answer.kind() == Answer.AnswerKind.Allowed && told.test(answer.reason())
                                ? TrialKind.Weakness
                                : TrialKind.BreakOut,
                        TreeMap::new,
                        Collectors.toList()));
    }

    /**
     * One attack for each way that was open, or one that says there is none. At home and in the cluster each right is a
     * way. Abroad each place is, for another right is asked for there in each round.
     */
    static List<Attempt> attacks(List<Answer> answers, Scope scope, Subject self) {
        Map<String, List<Answer>> open = new TreeMap<>();
        answers.stream()
                .filter(answer -> answer.kind() == Answer.AnswerKind.Allowed)
                .forEach(answer -> open.computeIfAbsent(way(answer.question(), scope), _ -> new ArrayList<>())
                        .add(answer));
        return open.isEmpty()
                ? List.of(attack(answers, where(scope, self)))
                : open.entrySet().stream()
                        .map(way -> attack(way.getValue(), way.getKey()))
                        .toList();
    }

    private static String way(Question question, Scope scope) {
        return switch (scope) {
            case Own, Cluster -> question.toString();
            case Other -> "namespace " + question.namespace();
        };
    }

    private static String name(RightKey key) {
        return "rights of a " + key.role().title()
                + switch (key.scope()) {
                    case Own -> " beyond its role";
                    case Other -> " in another tenant";
                    case Cluster -> " in the whole cluster";
                };
    }

    private static String where(Scope scope, Subject self) {
        return switch (scope) {
            case Own -> "namespaces of " + self.tenant();
            case Other -> "namespaces of other tenants";
            case Cluster -> "the cluster";
        };
    }

    private List<AskedRight> asked(MatrixColumn role, Subject self, List<Subject> others) {
        List<Asker> members = members(role, self);
        if (members.isEmpty()) {
            return List.of();
        }
        Asker asker = pick(members);
        List<AskedRight> asked = new ArrayList<>();
        String own = pick(self.namespaces()).fullName();
        for (MatrixRow row : matrix.rows()) {
            ExpectedAnswer expected = row.expected().getOrDefault(role, ExpectedAnswer.Open);
            if (row.scope() != Scope.Other && expected != ExpectedAnswer.Open) {
                String namespace = row.scope() == Scope.Own ? own : "";
                asked.add(new AskedRight(
                        role, row.scope(), expected, new Question(asker, row.verb(), row.resource(), namespace)));
            }
        }
        List<MatrixRow> elsewhere = matrix.rows(Scope.Other, role, ExpectedAnswer.No);
        int start = random.nextInt(Math.max(1, elsewhere.size()));
        for (int i = 0; i < others.size() && !elsewhere.isEmpty(); i++) {
            Subject other = others.get(i);
            if (!belongs(asker, other)) {
                MatrixRow row = elsewhere.get((start + i) % elsewhere.size());
                String namespace = pick(other.namespaces()).fullName();
                asked.add(new AskedRight(
                        role,
                        Scope.Other,
                        ExpectedAnswer.No,
                        new Question(asker, row.verb(), row.resource(), namespace)));
            }
        }
        return asked;
    }

    private List<Asker> members(MatrixColumn role, Subject self) {
        TenantSpec.People people = self.spec().people();
        if (role == MatrixColumn.Workload) {
            return self.namespaces().stream()
                    .map(TenantNamespace::fullName)
                    .map(n -> Asker.account(n, "default"))
                    .toList();
        }
        if (people == null) {
            return List.of();
        }
        List<TenantSpec.Person> persons = switch (role) {
            case TenantAdmin -> people.admins();
            case TenantUser -> people.users();
            case Auditor -> people.auditors();
            case Workload -> List.of();
        };
        return persons.stream()
                .filter(p -> Asker.current(p, today))
                .map(p -> Asker.of(p, role.title()))
                .toList();
    }

    /** Somebody who works for two customers gets into both, as their specs say. */
    private static boolean belongs(Asker asker, Subject other) {
        TenantSpec.People people = other.spec().people();
        return people != null
                && people.everybody()
                        .anyMatch(p ->
                                asker.user().equals(p.user()) || asker.groups().contains(String.valueOf(p.group())));
    }

    static Attempt attack(List<Answer> answers, String where) {
        Asker who = answers.getFirst().question().who();
        List<Answer> allowed = answers.stream()
                .filter(a -> a.kind() == Answer.AnswerKind.Allowed)
                .toList();
        List<Answer> unknown = answers.stream()
                .filter(a -> a.kind() == Answer.AnswerKind.Unknown)
                .toList();
        if (!allowed.isEmpty()) {
            return Attempt.succeeded(
                    who.name(),
                    where,
                    "allowed: " + questions(allowed) + ": " + allowed.getFirst().reason());
        }
        if (!unknown.isEmpty()) {
            return Attempt.broken(who.name(), where, unknown.getFirst().reason());
        }
        return Attempt.refused(who.name(), where, "denied: " + questions(answers));
    }

    static Attempt check(List<Answer> answers) {
        if (answers.isEmpty()) {
            return Attempt.broken("nobody", "the API server", "no question was asked whose answer is yes");
        }
        List<Answer> wrong = answers.stream()
                .filter(a -> a.kind() != Answer.AnswerKind.Allowed)
                .toList();
        String who = answers.getFirst().question().who().name();
        return wrong.isEmpty()
                ? Attempt.succeeded(who, "what is its own", "allowed: " + questions(answers))
                : Attempt.broken(
                        who,
                        "what is its own",
                        wrong.getFirst().kind().name().toLowerCase(Locale.ROOT) + ": " + questions(wrong));
    }

    private static String questions(List<Answer> answers) {
        return String.join(
                ", ", answers.stream().map(a -> a.question().toString()).toList());
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
