package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One attacker, one victim, a carrier of names at a time. What was found of one stays found whatever comes after it. */
final class EscapeTrial {
    private static final String AT_THE_END = "the victim at the end";

    private final RawS3 attacker;
    private final AttackersBucket own;
    private final AttackersBucket ownersOwn;
    private final PutBack ownSettings;
    private final Victim victim;

    /** Nothing is known of the victim: it is filled before it is attacked. */
    private boolean restock = true;

    /** Has what a control or an attempt set in the attacker's own bucket as it was. */
    interface PutBack {
        void putBack() throws IOException, InterruptedException;
    }

    /**
     * Sends nothing yet.
     *
     * @param own the attacker's bucket in the attacker's hands
     * @param ownersOwn the same bucket in its owner's
     */
    EscapeTrial(RawS3 attacker, AttackersBucket own, AttackersBucket ownersOwn, PutBack ownSettings, Victim victim) {
        this.attacker = attacker;
        this.own = own;
        this.ownersOwn = ownersOwn;
        this.ownSettings = ownSettings;
        this.victim = victim;
    }

    /** What is found of one carrier by all there is to try with it. */
    CarrierFinding of(NameCarrier carrier) throws InterruptedException {
        return of(carrier, EscapeAttempt.of(carrier));
    }

    /** What is found of one carrier by these. */
    CarrierFinding of(NameCarrier carrier, List<EscapeAttempt> attempts) throws InterruptedException {
        Hunt hunt = new Hunt();
        try {
            if (restock) {
                ownSettings.putBack();
                victim.stock();
                restock = false;
            }
            own.stock();
            FrontDoor before = frontDoor(carrier);
            hunt.through(attempts);
            own.stock(); // attempts may have met its own object, and should
            FrontDoor after = frontDoor(carrier);
            ownSettings.putBack();
            boolean alive = own.letsIn();
            return hunt.found(carrier, "").orElseGet(() -> byDoors(carrier, before, after, alive));
        } catch (IOException e) {
            restock = true;
            return hunt.found(carrier, String.valueOf(e.getMessage())).orElseThrow();
        }
    }

    /** What happened to the victim after the last look at it; empty when nothing did. */
    Optional<CarrierFinding> lastLook() throws InterruptedException {
        if (restock) {
            return Optional.empty(); // the last carrier is unclear already
        }
        try {
            return victim.changes().stream()
                    .findFirst()
                    .map(change -> new CarrierFinding(
                            AT_THE_END, CarrierResult.UNCLEAR, "something happened later than it was looked for"));
        } catch (IOException e) {
            return Optional.of(new CarrierFinding(AT_THE_END, CarrierResult.UNCLEAR, String.valueOf(e.getMessage())));
        }
    }

    /** The owner goes through it where the attacker's key may do no such thing; what that sets is put back. */
    private FrontDoor frontDoor(NameCarrier carrier) throws IOException, InterruptedException {
        FrontDoor door = own.frontDoor(carrier);
        if (!door.denied()) {
            return door;
        }
        FrontDoor owners = ownersOwn.frontDoor(carrier);
        ownSettings.putBack();
        own.stock();
        return owners;
    }

    private static CarrierFinding byDoors(NameCarrier carrier, FrontDoor before, FrontDoor after, boolean alive) {
        if (!before.open()) {
            return new CarrierFinding(
                    carrier.text(),
                    before.offered() ? CarrierResult.UNCLEAR : CarrierResult.NOT_OFFERED,
                    "the same in its own bucket: " + before.detail());
        }
        if (!after.open()) {
            return unclear(carrier, "the same in its own bucket, afterwards: " + after.detail());
        }
        return alive
                ? new CarrierFinding(carrier.text(), CarrierResult.KEPT, "")
                : unclear(carrier, "the attacker's key does not let into its own bucket any more");
    }

    private static CarrierFinding unclear(NameCarrier carrier, String why) {
        return new CarrierFinding(carrier.text(), CarrierResult.UNCLEAR, why);
    }

    /** One carrier's requests, narrowed down to the first that gets through. */
    private final class Hunt {
        private final Map<EscapeAttempt, String> ways = new LinkedHashMap<>();
        private final Map<EscapeAttempt, RawAnswer> unheard = new LinkedHashMap<>();
        private boolean happened;

        /**
         * What the attempts tell; empty when nothing happened, all of them were heard, and there was no trouble.
         *
         * @param trouble that ended them; empty for none
         */
        Optional<CarrierFinding> found(NameCarrier carrier, String trouble) {
            if (!ways.isEmpty()) {
                Map.Entry<EscapeAttempt, String> way =
                        ways.entrySet().iterator().next();
                return Optional.of(new CarrierFinding(
                        carrier.text(),
                        CarrierResult.THROUGH,
                        way.getKey().spelling().text() + ": " + way.getValue()));
            }
            if (happened) {
                String what = "something happened to the victim";
                return Optional.of(unclear(
                        carrier, trouble.isEmpty() ? what + " once, and not again" : what + ", and then: " + trouble));
            }
            if (!trouble.isEmpty()) {
                return Optional.of(unclear(carrier, trouble));
            }
            if (!unheard.isEmpty()) {
                Map.Entry<EscapeAttempt, RawAnswer> first =
                        unheard.entrySet().iterator().next();
                return Optional.of(unclear(
                        carrier,
                        unheard.size() + " requests were not heard by the server, "
                                + first.getKey().spelling().text() + " first: " + first.getValue()));
            }
            return Optional.empty();
        }

        /** Whether any of them did anything; the victim is as before afterwards. */
        boolean through(List<EscapeAttempt> attempts) throws IOException, InterruptedException {
            String upload = own.stock();
            List<RawRequest> requests = new ArrayList<>();
            for (EscapeAttempt attempt : attempts) {
                requests.add(withUpload(attempt.request(victim.cast(own)), upload));
            }
            RawS3.Sent sent = attacker.sendAll(requests);
            boolean told = false;
            for (int i = 0; i < attempts.size(); i++) {
                told |= tellsOf(attempts.get(i), requests.get(i), sent.answers().get(i));
            }
            IOException trouble = sent.trouble();
            if (trouble != null) {
                throw trouble;
            }
            List<String> seen = new ArrayList<>(own.loot(victim.secrets()));
            List<String> changes = victim.changes();
            seen.addAll(changes);
            if (seen.isEmpty()) {
                return told;
            }
            happened = true;
            if (attempts.size() == 1) {
                ways.putIfAbsent(attempts.getFirst(), seen.getFirst());
            }
            if (!changes.isEmpty()) {
                victim.stock();
            }
            int half = attempts.size() / 2;
            if (half > 0 && (!through(attempts.subList(0, half)) || ways.isEmpty())) {
                through(attempts.subList(half, attempts.size()));
            }
            return true;
        }

        private boolean tellsOf(EscapeAttempt attempt, RawRequest request, RawAnswer answer) {
            if (!answer.heard()) {
                unheard.putIfAbsent(attempt, answer);
            }
            String asked = Name.decoded(request.path() + request.query() + request.headers() + request.body());
            Set<String> secrets = victim.secrets();
            boolean told = secrets.stream()
                    .anyMatch(secret -> !asked.contains(secret)
                            && (answer.body().contains(secret)
                                    || answer.headers().values().stream().anyMatch(v -> v.contains(secret))));
            if (told) {
                ways.putIfAbsent(attempt, "the answer tells what is the victim's");
            }
            return told;
        }
    }

    private static RawRequest withUpload(RawRequest request, String upload) {
        return new RawRequest(
                request.method(),
                request.path(),
                request.query().replace(Cast.OWN_UPLOAD, Name.encoded(upload, true)),
                request.headers(),
                request.body(),
                request.signing());
    }
}
