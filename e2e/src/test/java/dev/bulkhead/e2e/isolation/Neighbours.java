package dev.bulkhead.e2e.isolation;

import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Two tenants made from the examples: a laundry that is hostile, and a clinic beside it. */
final class Neighbours implements AutoCloseable {
    static final String LAUNDRY = "hostile-laundry";
    static final String CLINIC = "hostile-clinic";

    /** The attacker's only namespace. */
    static final String HOME = LAUNDRY + "--web";

    /** A namespace of the other tenant. */
    static final String OTHER = CLINIC + "--app";

    static final String OTHER_TOO = CLINIC + "--workflows";

    static final String ADMIN = "inhaberin@waschhaus.example";
    static final String USER = "aushilfe@waschhaus.example";
    static final String OTHER_ADMIN = "leitung@klinik-nord.example";

    private final Platform platform;
    private final StackEndpoints endpoints;
    private final Platform.RunningOperator operator;
    private final List<KubernetesClient> clients = new ArrayList<>();

    private Neighbours(Platform platform, StackEndpoints endpoints, Platform.RunningOperator operator) {
        this.platform = platform;
        this.endpoints = endpoints;
        this.operator = operator;
    }

    /** Installs, makes both and waits for them. */
    static Neighbours start(KubernetesClient admin, StackEndpoints endpoints, Path directory) {
        Platform platform = Platform.install(admin, endpoints, directory);
        Platform.RunningOperator operator = platform.operator(new Faults(), Duration.ofMinutes(1));
        platform.applyAnew(example("portal-waschhaus", "waschhaus", LAUNDRY));
        platform.applyAnew(example("voice-agent-klinik-nord", "klinik-nord", CLINIC));
        platform.awaitReady(LAUNDRY);
        platform.awaitReady(CLINIC);
        return new Neighbours(platform, endpoints, operator);
    }

    /** An example under another name, so that no other test meets it. */
    static String example(String file, String name, String newName) {
        try {
            String text = Files.readString(Path.of("..", "examples", file + ".yaml"));
            String renamed = text.replace("\n  name: " + name + "\n", "\n  name: " + newName + "\n");
            if (renamed.equals(text)) {
                throw new IllegalStateException(file + " does not name its tenant " + name);
            }
            return renamed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Platform platform() {
        return platform;
    }

    StackEndpoints endpoints() {
        return endpoints;
    }

    /** The platform's administrator, who has broken the glass. */
    KubernetesClient admin() {
        return platform.admin();
    }

    /** Somebody who has logged in, and is in no other group. Closed with the tenants. */
    KubernetesClient person(String name) {
        return keep(new ConfigBuilder(platform.admin().getConfiguration())
                .withImpersonateUsername(name)
                .withImpersonateGroups("system:authenticated")
                .build());
    }

    /** A program that holds nothing but a token of its ServiceAccount. Closed with the tenants. */
    KubernetesClient program(String namespace, String account) {
        String token = platform.admin()
                .serviceAccounts()
                .inNamespace(namespace)
                .withName(account)
                .tokenRequest()
                .getStatus()
                .getToken();
        return keep(new ConfigBuilder(Config.empty())
                .withMasterUrl(endpoints.kubernetes().apiServerUrl())
                .withCaCertFile(endpoints.kubernetes().caCertificate())
                .withOauthToken(token)
                .withRequestRetryBackoffLimit(0)
                .build());
    }

    private KubernetesClient keep(Config config) {
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        clients.add(client);
        return client;
    }

    Delivered database(String namespace) {
        return Delivered.database(platform, namespace);
    }

    Delivered objectStore(String namespace) {
        return Delivered.objectStore(platform, namespace);
    }

    @Override
    public void close() {
        platform.remove(LAUNDRY);
        platform.remove(CLINIC);
        operator.close();
        clients.forEach(KubernetesClient::close);
        List.of(HOME, OTHER, OTHER_TOO)
                .forEach(name -> platform.admin().namespaces().withName(name).delete());
    }
}
