package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Requests of one key to one server, in every canonical that a signature can have until one is let in. */
final class RawS3 {
    private static final int MOST_TRIES = 3;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final RawHttp http;
    private final RequestSigner signer;
    private final Terms terms;

    /**
     * On which terms requests are sent.
     *
     * @param request how long one may take
     * @param end none is sent after it
     * @param calls sees each
     */
    record Terms(Duration request, Instant end, ExternalCalls calls, Clock clock) {
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
        this.http = http;
        this.signer = new RequestSigner(key, region, http.host());
        this.terms = terms;
    }

    /**
     * Sends it, again where the server did not hear it.
     *
     * @return the last answer, which may be one of a server that did not hear it
     * @throws UnclearException when there is no connection to the server at all, or no time left
     */
    RawAnswer send(RawRequest request) throws IOException, InterruptedException {
        RawAnswer answer = signed(request);
        for (int tries = 1; tries < MOST_TRIES && !answer.heard() && !answer.refusedForSignature(); tries++) {
            Thread.sleep(PAUSE);
            answer = signed(request);
        }
        return answer;
    }

    /**
     * The same, where an answer is needed.
     *
     * @throws UnclearException also when the server does not hear it
     */
    RawAnswer heard(RawRequest request) throws IOException, InterruptedException {
        RawAnswer answer = send(request);
        if (!answer.heard()) {
            throw new UnclearException(
                    UnclearException.Why.NotHeard,
                    request.method() + " " + request.path().replaceFirst("(?<=.)/.*", "/…"),
                    answer.toString());
        }
        return answer;
    }

    /** In each canonical until the signer is let in; else what says most of why it is not. */
    private RawAnswer signed(RawRequest request) throws IOException, InterruptedException {
        RawAnswer most = RawAnswer.none();
        for (RequestSigner.Canonical canonical : signer.canonicals(request)) {
            RawAnswer answer = once(request, canonical);
            if (!answer.shutOut()) {
                return answer;
            }
            if (most.status() == 0 || most.refusedForSignature()) {
                most = answer;
            }
        }
        return most;
    }

    private RawAnswer once(RawRequest request, RequestSigner.Canonical canonical)
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
            answer = http.send(signer.signed(request, canonical, terms.clock().instant()), left);
        } catch (IOException e) {
            terms.calls().after(Backend.s3, verb, what, "unreachable");
            throw e;
        }
        terms.calls().after(Backend.s3, verb, what, answer.ok() ? "ok" : String.valueOf(answer.status()));
        return answer;
    }
}
