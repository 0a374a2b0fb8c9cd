package dev.bulkhead.operator.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The plan as text, against reviewed files. */
class SqlTextTest {
    private static final Path FOLDER = Path.of("src/test/resources/database");
    private static final TenantIdentity TENANT = new TenantIdentity("6f1d1c1e-0000-4000-8000-00000000002a");

    enum SqlGolden {
        PREPARATION("preparation.sql") {
            @Override
            String text() {
                return SqlText.preparation("tenants");
            }
        },
        OPEN("open.sql") {
            @Override
            String text() {
                return SqlText.of(Fixture.plan(TENANT, "tenants", false));
            }
        },
        EXTENSIONS("extensions.sql") {
            @Override
            String text() {
                return SqlText.of(Fixture.plan(TENANT, "tenants", false, "pgcrypto", "citext", "citext"));
            }
        },
        CLOSED("closed.sql") {
            @Override
            String text() {
                return SqlText.of(Fixture.plan(TENANT, "tenants", true));
            }
        };

        final String file;

        SqlGolden(String file) {
            this.file = file;
        }

        abstract String text();
    }

    @ParameterizedTest
    @EnumSource(SqlGolden.class)
    void the_text_of_a_plan_is_the_reviewed_one(SqlGolden golden) throws IOException {
        Path file = FOLDER.resolve(golden.file);
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.writeString(file, golden.text());
        }

        assertThat(golden.text()).isEqualTo(Files.readString(file));
    }

    @Test
    void every_golden_file_is_compared_with_something() throws IOException {
        List<String> used = Stream.of(SqlGolden.values())
                .map(golden -> golden.file)
                .sorted()
                .toList();
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> there =
                    files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(there).isEqualTo(used);
        }
    }
}
