package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one key to one server, in every canonical that a signature can have until one is let in. To S3, or to another
 * service that is signed for in the same way.
 */
final class RawS3 {
    private static final int MOST_TRIES = 3;
    private static final int AT_ONCE = 4;

    private final RawHttp http;
    private final RequestSigner signer;
    private final Terms terms;

    /**
     * On which terms requests are sent.
     *
     * @param request how long one may take
     * @param pause before one is sent again that was not heard
     * @param end none is sent after it
     * @param calls sees each
     */
    record Terms(Duration request, Duration pause, Instant end, ExternalCalls calls, Clock clock) {
        /** With the usual pause. */
        Terms(Duration request, Instant end, ExternalCalls calls, Clock clock) {
            this(request, Duration.ofMillis(100), end, calls, clock);
        }

        /** How long a request may take that is sent now. */
        Duration left() throws UnclearException {
            Duration left = Duration.between(clock.instant(), end);
            if (!left.isPositive()) {
                throw new UnclearException(UnclearException.Why.OutOfTime, "the server", "");
            }
            return left.compareTo(request) < 0 ? left : request;
        }
    }

    RawS3(RawHttp http, AccessKey key, String region, Terms terms) {
        this(http, new RequestSigner(key, region, http.host()), terms);
    }

    RawS3(RawHttp http, RequestSigner signer, Terms terms) {
        this.http = http;
        this.signer = signer;
        this.terms = terms;
    }

    /**
     * What became of attempts.
     *
     * @param answers one for each, in their order; {@link RawAnswer#none} for those that the trouble kept from having one
     * @param trouble that ended them; null for none
     */
    record Sent(List<RawAnswer> answers, @Nullable IOException trouble) {}

    /**
     * Sends attempts, some side by side. What the server did not hear is sent again when all were sent, one after the other:
     * they may have got into each other's way.
     *
     * @return with an {@link UnclearException} when there was no connection to the server at all, or no time left
     */
    Sent sendAll(List<RawRequest> requests) throws InterruptedException {
        List<RawAnswer> answers = new ArrayList<>();
        IOException trouble = null;
        try (ExecutorService some = Executors.newFixedThreadPool(
                Math.clamp(requests.size(), 1, AT_ONCE), Thread.ofVirtual().factory())) {
            List<Callable<RawAnswer>> all = requests.stream()
                    .<Callable<RawAnswer>>map(request -> () -> signed(request, true))
                    .toList();
            for (Future<RawAnswer> sent : some.invokeAll(all)) {
                try {
                    answers.add(sent.get());
                } catch (ExecutionException e) {
                    IOException one = trouble(e);
                    trouble = trouble == null ? one : trouble;
                    answers.add(RawAnswer.none());
                }
            }
        }
        for (int i = 0; i < answers.size() && trouble == null; i++) {
            try {
                answers.set(i, again(requests.get(i), true, answers.get(i)));
            } catch (IOException e) {
                trouble = e;
            }
        }
        return new Sent(answers, trouble);
    }

    private static IOException trouble(ExecutionException e) throws InterruptedException {
        return switch (Objects.requireNonNull(e.getCause())) {
            case IOException cause -> cause;
            case InterruptedException cause -> throw cause;
            case RuntimeException cause -> throw cause;
            default -> throw new IllegalStateException(e.getCause());
        };
    }

    /**
     * Sends a request such as any client would, again where the server did not hear it.
     *
     * @return the last answer, which may be one of a server that did not hear it
     * @throws UnclearException when there is no connection to the server at all, or no time left
     */
    RawAnswer ask(RawRequest request) throws IOException, InterruptedException {
        return again(request, false, signed(request, false));
    }

    /** The same, and once: for who goes by more than whether it was heard. */
    RawAnswer askOnce(RawRequest request) throws IOException, InterruptedException {
        return signed(request, false);
    }

    /**
     * As {@link #ask}, where an answer is needed.
     *
     * @throws UnclearException also when the server does not hear it
     */
    RawAnswer heard(RawRequest request) throws IOException, InterruptedException {
        RawAnswer answer = ask(request);
        if (!answer.heard()) {
            throw new UnclearException(
                    UnclearException.Why.NotHeard,
                    request.method() + " " + request.path().replaceFirst("(?<=.)/.*", "/…"),
                    answer.toString());
        }
        return answer;
    }

    private RawAnswer again(RawRequest request, boolean attempt, RawAnswer first)
            throws IOException, InterruptedException {
        RawAnswer answer = first;
        for (int tries = 1; tries < MOST_TRIES && !answer.heard() && !answer.refusedForSignature(); tries++) {
            Thread.sleep(terms.pause());
            answer = signed(request, attempt);
        }
        return answer;
    }

    /** In each canonical until the signer is let in; else what says most of why it is not. */
    private RawAnswer signed(RawRequest request, boolean attempt) throws IOException, InterruptedException {
        RawAnswer most = RawAnswer.none();
        for (RequestSigner.Canonical canonical : signer.canonicals(request)) {
            RawAnswer answer = once(request, canonical, attempt);
            if (!answer.shutOut()) {
                return answer;
            }
            if (most.status() == 0 || most.refusedForSignature()) {
                most = answer;
            }
        }
        return most;
    }

    private RawAnswer once(RawRequest request, RequestSigner.Canonical canonical, boolean attempt)
            throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the trial ends");
        }
        Duration left = terms.left();
        Verb verb = request.method().equals("GET") ? Verb.read : Verb.write;
        String what = "Raw " + request.method();
        terms.calls().before(Backend.s3, verb, what);
        RawAnswer answer;
        try {
            byte[] bytes = signer.signed(request, canonical, terms.clock().instant(), attempt);
            answer = attempt ? http.send(bytes, left) : http.ask(bytes, left);
        } catch (IOException e) {
            terms.calls().after(Backend.s3, verb, what, "unreachable");
            throw e;
        }
        terms.calls().after(Backend.s3, verb, what, answer.ok() ? "ok" : String.valueOf(answer.status()));
        return answer;
    }
}
