package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.StackException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Applies objects as {@code kubectl apply --server-side} does: an object that is as it should be is not written. */
public final class Manifests {
    private static final String MANAGER = "bulkhead-up";
    private static final String CRD = "CustomResourceDefinition";
    private static final long ESTABLISHED_WITHIN_SECONDS = 30;

    private final KubernetesClient client;

    /** Applies with the rights of {@code client}. */
    public Manifests(KubernetesClient client) {
        this.client = client;
    }

    /** The objects in the YAML files of a directory, in the order of the files' names. */
    static List<GenericKubernetesResource> inDirectory(Path directory) {
        List<GenericKubernetesResource> objects = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(f -> f.toString().endsWith(".yaml")).sorted().forEach(file -> objects.addAll(inFile(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return objects;
    }

    /** The objects in one YAML file. */
    public static List<GenericKubernetesResource> inFile(Path file) {
        try {
            return Chart.parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies CRDs first, and the rest when the API server serves them. */
    public void apply(List<GenericKubernetesResource> objects) {
        List<GenericKubernetesResource> crds =
                objects.stream().filter(object -> object.getKind().equals(CRD)).toList();
        crds.forEach(this::applyOne);
        crds.forEach(crd -> awaitServed(crd.getMetadata().getName()));
        objects.stream().filter(object -> !object.getKind().equals(CRD)).forEach(this::applyOne);
    }

    /** Applies one object. */
    public void applyOne(HasMetadata object) {
        try {
            client.resource(object).fieldManager(MANAGER).forceConflicts().serverSideApply();
        } catch (KubernetesClientException e) {
            throw new StackException(
                    object.getKind() + " " + object.getMetadata().getName() + " was refused: "
                            + (e.getStatus() == null
                                    ? e.getMessage()
                                    : e.getStatus().getMessage()),
                    e);
        }
    }

    private void awaitServed(String name) {
        client.resources(CustomResourceDefinition.class)
                .withName(name)
                .waitUntilCondition(
                        crd -> crd != null
                                && crd.getStatus() != null
                                && crd.getStatus().getConditions() != null // as the API server first shows it
                                && crd.getStatus().getConditions().stream()
                                        .anyMatch(condition -> Objects.equals(condition.getType(), "Established")
                                                && Objects.equals(condition.getStatus(), "True")),
                        ESTABLISHED_WITHIN_SECONDS,
                        TimeUnit.SECONDS);
    }
}
