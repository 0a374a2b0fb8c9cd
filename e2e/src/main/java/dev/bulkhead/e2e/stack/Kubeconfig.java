package dev.bulkhead.e2e.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Kubeconfig files, in JSON, which is YAML too. */
public final class Kubeconfig {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Kubeconfig() {}

    /** Writes {@code file} for a user with the client certificate {@code name}. */
    public static void writeWithCertificate(Path file, String server, Pki pki, String name) {
        write(
                file,
                server,
                pki.ca(),
                Map.of(
                        "client-certificate", pki.certificate(name).toString(),
                        "client-key", pki.key(name).toString()));
    }

    /** Writes {@code file} for a user with a bearer token, which is re-read from {@code tokenFile} as it is renewed. */
    static void writeWithToken(Path file, String server, Path ca, Path tokenFile) {
        write(file, server, ca, Map.of("tokenFile", tokenFile.toString()));
    }

    private static void write(Path file, String server, Path ca, Map<String, String> user) {
        Map<String, Object> kubeconfig = Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Config",
                "current-context",
                "bulkhead",
                "clusters",
                List.of(Map.of(
                        "name",
                        "bulkhead",
                        "cluster",
                        Map.of("server", server, "certificate-authority", ca.toString()))),
                "users",
                List.of(Map.of("name", "user", "user", user)),
                "contexts",
                List.of(Map.of("name", "bulkhead", "context", Map.of("cluster", "bulkhead", "user", "user"))));
        try {
            PrivateFiles.write(file, JSON.writeValueAsBytes(kubeconfig));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
