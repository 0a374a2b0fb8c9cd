package dev.bulkhead.e2e.isolation;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.sql.SQLException;
import java.util.List;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Something a hostile tenant tries, and beside it the same thing where it is allowed: without that, a refusal could come
 * from a mistake in the attempt.
 *
 * @param name what it does, as a sentence
 * @param refusal what the answer must say, word for word
 * @param attempt what must be refused
 * @param control what must work
 */
record HostileAttempt(String name, List<String> refusal, Act attempt, Act control) {
    /** What a control says that did what it set out to do. */
    static final String WORKED = "worked";

    /** One request, or a few. */
    interface Act {
        void run() throws Exception;
    }

    /** An attempt, and the words of its refusal. */
    record Attempted(String name, Act attempt, List<String> refusal) {
        /** With the same thing where it is allowed. */
        HostileAttempt whereas(Act control) {
            return new HostileAttempt(name, refusal, attempt, control);
        }
    }

    /** Begins an attack: an attempt that must be refused with these words. */
    static Attempted attack(String name, Act attempt, String... refusal) {
        return new Attempted(name, attempt, List.of(refusal));
    }

    /** The words of RBAC. */
    static String rbac(String verb, String resource, String group, String namespace) {
        return "cannot " + verb + " resource \"" + resource + "\" in API group \"" + group + "\" "
                + (namespace.isEmpty() ? "at the cluster scope" : "in the namespace \"" + namespace + "\"");
    }

    /** What the server said: its words with its code, or {@link #WORKED}. Anything but an answer is an error. */
    static String answer(Act act) {
        try {
            act.run();
            return WORKED;
        } catch (KubernetesClientException e) {
            return e.getCode() + " " + e.getMessage();
        } catch (SQLException e) {
            return "SQLSTATE " + e.getSQLState() + " " + e.getMessage();
        } catch (S3Exception e) {
            return e.statusCode() + " "
                    + (e.awsErrorDetails() == null
                            ? e.getMessage()
                            : e.awsErrorDetails().errorCode());
        } catch (Exception e) {
            throw new AssertionError("the attempt failed on its own", e);
        }
    }

    /** Shown in the list of tests. */
    @Override
    public String toString() {
        return name;
    }
}
