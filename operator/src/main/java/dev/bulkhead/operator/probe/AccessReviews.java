package dev.bulkhead.operator.probe;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks the API server who may do what, a few questions at a time. */
public final class AccessReviews {
    private static final int SIDE_BY_SIDE = 4;

    private final KubernetesClient client;

    /** Asks with the rights of this client, which may create SubjectAccessReviews and nothing more. */
    public AccessReviews(KubernetesClient client) {
        this.client = client;
    }

    /**
     * A question.
     *
     * @param resource {@code resource[.group]}, with {@code /subresource} before the group and {@code :name} at the end
     * @param namespace empty for every namespace, or none
     */
    record Question(Asker who, String verb, String resource, String namespace) {
        /** The resource, its subresource, its group and the object's name; what is absent is empty. */
        private String[] parts() {
            String[] name = resource.split(":", 2);
            String[] group = name[0].split("\\.", 2);
            String[] sub = group[0].split("/", 2);
            return new String[] {
                sub[0], sub.length > 1 ? sub[1] : "", group.length > 1 ? group[1] : "", name.length > 1 ? name[1] : ""
            };
        }

        SubjectAccessReview review() {
            String[] parts = parts();
            return new SubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withUser(who.user())
                    .withGroups(who.groups())
                    .withNewResourceAttributes()
                    .withNamespace(namespace)
                    .withVerb(verb)
                    .withResource(parts[0])
                    .withSubresource(parts[1])
                    .withGroup(parts[2])
                    .withName(parts[3])
                    .endResourceAttributes()
                    .endSpec()
                    .build();
        }

        @Override
        public String toString() {
            return verb + " " + resource + (namespace.isEmpty() ? " in the cluster" : " in namespace " + namespace);
        }
    }

    /** What came of a question. */
    record Answer(Question question, AnswerKind kind, String reason) {
        enum AnswerKind {
            Allowed,
            Denied,
            /** Nobody answered, or the question itself was refused. */
            Unknown
        }
    }

    /** Answers in the order of the questions. */
    List<Answer> ask(List<Question> questions) throws InterruptedException {
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService pool =
                Executors.newFixedThreadPool(SIDE_BY_SIDE, Thread.ofVirtual().factory())) {
            List<Callable<Answer>> asked = new ArrayList<>();
            questions.forEach(question -> asked.add(() -> ask(question)));
            for (Future<Answer> answer : pool.invokeAll(asked)) {
                answers.add(answer.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return answers;
    }

    private Answer ask(Question question) {
        try {
            SubjectAccessReview answer =
                    client.authorization().v1().subjectAccessReview().create(question.review());
            if (answer == null || answer.getStatus() == null) {
                return new Answer(question, Answer.AnswerKind.Unknown, "the API server gave no answer");
            }
            boolean allowed = Boolean.TRUE.equals(answer.getStatus().getAllowed());
            return new Answer(
                    question,
                    allowed ? Answer.AnswerKind.Allowed : Answer.AnswerKind.Denied,
                    Objects.requireNonNullElse(answer.getStatus().getReason(), ""));
        } catch (KubernetesClientException e) {
            return new Answer(question, Answer.AnswerKind.Unknown, ApiAnswers.reason(e));
        }
    }
}
