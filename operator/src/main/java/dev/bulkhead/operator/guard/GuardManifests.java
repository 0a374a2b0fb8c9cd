package dev.bulkhead.operator.guard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** The requests by which guards are tried out, from this jar. */
public final class GuardManifests {
    private static final String INDEX = "index.txt";
    private static final String PROFILE = "canary-profile.yaml";

    /**
     * Who wants to try guard 8 out needs the right to bind platform admins, and whoever has that right is one guard away
     * from being one. The tests try it; no account that is there every day does.
     */
    private static final Set<String> NOT_IN_ROUNDS = Set.of("bulkhead-platform-admins");

    private GuardManifests() {}

    /** All of them, sorted by guard, expectation and name. */
    public static List<GuardManifest> all() {
        return read(INDEX)
                .lines()
                .map(place -> GuardManifest.parse(place, read(place)))
                .toList();
    }

    /**
     * Those that the canary tenants try in every round: all but guard 8's. For four policies there is no request at all.
     * {@code bulkhead-counts} (guard 17) refuses nobody before half of a count is used up, a hundred objects at least that
     * somebody would have to leave there. What {@code bulkhead-acknowledgements} (guard 9) refuses is a change of an
     * Incident, and where nothing is wrong there is none; who makes one is refused by {@code bulkhead-evidence} already.
     * {@code bulkhead-backends} and {@code bulkhead-tombstones} (guard 14) refuse to delete what lasts while it holds
     * something: there may be none, and deleting what is not there is refused by nobody.
     * The text of all four is compared with the chart's in every round, and tests try them.
     */
    public static List<GuardManifest> ofRounds() {
        return all().stream()
                .filter(manifest -> !NOT_IN_ROUNDS.contains(manifest.policy()))
                .toList();
    }

    /** YAML of the TenantProfile whose tenants they are meant for: it lists what they take for allowed. */
    public static String profile() {
        return read(PROFILE);
    }

    private static String read(String place) {
        try (InputStream in = GuardManifests.class.getResourceAsStream("/guards/" + place)) {
            if (in == null) {
                throw new IllegalStateException("/guards/" + place + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
