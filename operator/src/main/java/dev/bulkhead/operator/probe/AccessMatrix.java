package dev.bulkhead.operator.probe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Who may do what, as {@code access-matrix.txt} says: the table that the API server's answers are compared with. */
record AccessMatrix(List<MatrixRow> rows) {
    private static final Pattern WORDS = Pattern.compile("\\s+");

    AccessMatrix {
        rows = List.copyOf(rows);
    }

    /** Columns, in the order of the file. */
    enum MatrixColumn {
        TenantAdmin("tenant-admin"),
        TenantUser("tenant-user"),
        Auditor("auditor"),
        Workload("workload");

        private final String title;

        MatrixColumn(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** Where a question is asked for. */
    enum Scope {
        Own,
        Other,
        Cluster
    }

    /** What the answer has to be. */
    enum ExpectedAnswer {
        Yes,
        No,
        /** The tenant decides. */
        Open
    }

    /** One question, and its answer for each role. */
    record MatrixRow(Scope scope, String verb, String resource, Map<MatrixColumn, ExpectedAnswer> expected) {
        MatrixRow {
            expected = Map.copyOf(expected);
        }
    }

    /** Rows of a scope whose answer for a role has to be this one. */
    List<MatrixRow> rows(Scope scope, MatrixColumn role, ExpectedAnswer expected) {
        return rows.stream()
                .filter(row -> row.scope() == scope && row.expected().get(role) == expected)
                .toList();
    }

    /** The table that comes with the operator. */
    static AccessMatrix read() {
        try (InputStream file =
                Objects.requireNonNull(AccessMatrix.class.getResourceAsStream("access-matrix.txt"), "access-matrix")) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AccessMatrix parse(String text) {
        List<MatrixRow> rows = new ArrayList<>();
        for (String line :
                text.lines().filter(l -> !l.isBlank() && !l.startsWith("#")).toList()) {
            List<String> words = WORDS.splitAsStream(line.strip()).toList();
            if (words.size() != 3 + MatrixColumn.values().length) {
                throw new IllegalArgumentException("not a row of the access matrix: " + line);
            }
            Map<MatrixColumn, ExpectedAnswer> expected = new EnumMap<>(MatrixColumn.class);
            Iterator<String> columns = words.subList(3, words.size()).iterator();
            for (MatrixColumn role : MatrixColumn.values()) {
                expected.put(role, expected(columns.next()));
            }
            rows.add(new MatrixRow(scope(words.get(0)), words.get(1), words.get(2), expected));
        }
        return new AccessMatrix(rows);
    }

    private static ExpectedAnswer expected(String word) {
        return switch (word) {
            case "yes" -> ExpectedAnswer.Yes;
            case "no" -> ExpectedAnswer.No;
            case "-" -> ExpectedAnswer.Open;
            default -> throw new IllegalArgumentException("neither yes, no nor -: " + word);
        };
    }

    private static Scope scope(String word) {
        return switch (word) {
            case "own" -> Scope.Own;
            case "other" -> Scope.Other;
            case "cluster" -> Scope.Cluster;
            default -> throw new IllegalArgumentException("no scope: " + word);
        };
    }
}
