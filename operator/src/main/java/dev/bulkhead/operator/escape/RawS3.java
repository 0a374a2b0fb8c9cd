package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** Requests of one key to one server, in every canonical that a signature can have until one is accepted. */
final class RawS3 {
    private final RawHttp http;
    private final RequestSigner signer;
    private final ExternalCalls calls;
    private final Clock clock;

    RawS3(RawHttp http, AccessKey key, String region, ExternalCalls calls, Clock clock) {
        this.http = http;
        this.signer = new RequestSigner(key, region, http.host());
        this.calls = calls;
        this.clock = clock;
    }

    /**
     * Sends it.
     *
     * @throws IOException when there is no connection to the server at all
     */
    RawAnswer send(RawRequest request) throws IOException, InterruptedException {
        List<RequestSigner.Canonical> canonicals = signer.canonicals(request);
        RawAnswer answer = RawAnswer.none();
        for (RequestSigner.Canonical canonical : canonicals) {
            answer = send(request, canonical);
            if (!answer.refusedForSignature()) {
                return answer;
            }
        }
        return answer;
    }

    private RawAnswer send(RawRequest request, RequestSigner.Canonical canonical)
            throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the trial ends");
        }
        boolean head = request.method().equals("HEAD");
        Verb verb = head || request.method().equals("GET") ? Verb.read : Verb.write;
        String what = "Raw " + request.method();
        calls.before(Backend.s3, verb, what);
        RawAnswer answer;
        try {
            answer = http.send(signer.signed(request, canonical, clock.instant()), head);
        } catch (IOException e) {
            calls.after(Backend.s3, verb, what, "unreachable");
            throw e;
        }
        calls.after(Backend.s3, verb, what, answer.ok() ? "ok" : String.valueOf(answer.status()));
        return answer;
    }
}
