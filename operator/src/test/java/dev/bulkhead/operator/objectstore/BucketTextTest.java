package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole plan as text, reviewed as files. To write them anew after a wanted change: {@code -Dbulkhead.regenerate=true}, then
 * read the difference.
 */
class BucketTextTest {
    private static final TenantIdentity IDENTITY = Fixtures.identity(4711);
    private static final long FIFTY_GIB = 50L << 30;

    enum BucketGolden {
        SEAWEEDFS_HTTP("seaweedfs-http"),
        SEAWEEDFS_HTTPS("seaweedfs-https"),
        SEAWEEDFS_BOTH_KEYS("seaweedfs-both-keys"),
        SEAWEEDFS_CLOSED("seaweedfs-closed"),
        SEAWEEDFS_CLOSING("seaweedfs-closing"),
        STATIC_UNSUPPLIED("static-unsupplied"),
        STATIC_SUPPLIED("static-supplied"),
        STATIC_CLOSED("static-closed"),
        SEAWEEDFS("seaweedfs"),
        EVERYTHING("everything"),
        NOTHING("nothing");

        private final String file;

        BucketGolden(String file) {
            this.file = file + ".txt";
        }

        BucketPlan plan() {
            StoreCapabilities http = StoreKind.SeaweedFs.documented(false);
            StoreCapabilities https = StoreKind.SeaweedFs.documented(true);
            return switch (this) {
                case SEAWEEDFS_HTTP -> ObjectStorePlanner.plan(IDENTITY, Fixtures.store(false, null), http, false);
                case SEAWEEDFS_HTTPS ->
                    ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, FIFTY_GIB), https, false);
                case SEAWEEDFS_BOTH_KEYS ->
                    ObjectStorePlanner.plan(
                            IDENTITY,
                            Fixtures.store(true, null),
                            https,
                            StoreKind.SeaweedFs.keys(IDENTITY),
                            EnumSet.allOf(Slot.class),
                            false);
                case SEAWEEDFS_CLOSED -> ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), https, true);
                case SEAWEEDFS_CLOSING -> ObjectStorePlanner.closing(IDENTITY, "objects-1", https);
                case STATIC_UNSUPPLIED ->
                    ObjectStorePlanner.plan(
                            IDENTITY,
                            Fixtures.store(StoreKind.Static, true, FIFTY_GIB),
                            StoreKind.Static.documented(true),
                            StoreKind.Static.keys(IDENTITY),
                            Set.of(Slot.One),
                            false);
                case STATIC_SUPPLIED -> supplied(false);
                case STATIC_CLOSED -> supplied(true);
                case SEAWEEDFS ->
                    ObjectStorePlanner.plan(
                            IDENTITY,
                            Fixtures.store(StoreKind.SeaweedFs, true, FIFTY_GIB),
                            StoreKind.SeaweedFs.documented(true),
                            StoreKind.SeaweedFs.keys(IDENTITY),
                            Set.of(Slot.One),
                            false);
                case EVERYTHING ->
                    ObjectStorePlanner.plan(
                            IDENTITY,
                            Fixtures.store(StoreKind.SeaweedFs, Fixtures.CROSS_ORIGIN, true, FIFTY_GIB),
                            StoreCapabilities.of(EnumSet.allOf(StoreFeature.class)),
                            false);
                case NOTHING ->
                    ObjectStorePlanner.plan(
                            IDENTITY,
                            Fixtures.store(StoreKind.SeaweedFs, Fixtures.CROSS_ORIGIN, false, FIFTY_GIB),
                            StoreCapabilities.of(Set.of()),
                            false);
            };
        }
    }

    private static BucketPlan supplied(boolean closed) {
        return ObjectStorePlanner.plan(
                IDENTITY,
                Fixtures.store(StoreKind.Static, true, null),
                StoreKind.Static.documented(true),
                StoreKeys.only(Slot.One, new StoreKeys.Named("AKIDOFKLINIK", "arn:aws:iam:::user/klinik")),
                Set.of(Slot.One),
                closed);
    }

    @ParameterizedTest
    @EnumSource
    void the_plan_reads_as_reviewed(BucketGolden golden) throws IOException, URISyntaxException {
        String text = BucketText.of(golden.plan());
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Path source = Path.of("src/test/resources/dev/bulkhead/operator/objectstore");
            Files.createDirectories(source);
            Files.writeString(source.resolve(golden.file), text);
        }

        assertThat(text).isEqualTo(Files.readString(folder().resolve(golden.file)));
    }

    @Test
    void every_golden_file_is_used() throws IOException, URISyntaxException {
        try (Stream<Path> files = Files.list(folder())) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())).filter(name -> name.endsWith(".txt")))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(BucketGolden.values())
                            .map(golden -> golden.file)
                            .toList());
        }
    }

    private static Path folder() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(BucketTextTest.class.getResource("seaweedfs-http.txt"))
                        .toURI())
                .resolveSibling(".");
    }
}
