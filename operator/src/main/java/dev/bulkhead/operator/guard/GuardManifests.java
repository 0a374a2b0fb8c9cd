package dev.bulkhead.operator.guard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The requests by which guards are tried out, from this jar. */
public final class GuardManifests {
    private static final String INDEX = "index.txt";
    private static final String PROFILE = "canary-profile.yaml";

    private GuardManifests() {}

    /** All of them, sorted by guard, expectation and name. */
    public static List<GuardManifest> all() {
        return read(INDEX)
                .lines()
                .map(place -> GuardManifest.parse(place, read(place)))
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
