package dev.bulkhead.operator.probe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Listable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lists of which others make as many as they like, read page by page: what is not wanted of a page is garbage before the
 * next one comes, so that a reader needs room for what it keeps and not for what there is.
 */
final class Pages {
    private static final long PAGE = 500;
    private static final int GONE = 410;

    private Pages() {}

    /**
     * Those of the list that are wanted. What changes between two pages is as it was at the first; a list that takes so
     * long that the server has forgotten that moment begins anew, once.
     *
     * @throws KubernetesClientException when a page is not given
     */
    static <T extends HasMetadata, L extends KubernetesResourceList<T>> List<T> of(
            Listable<L> list, Predicate<? super T> wanted) {
        try {
            return read(list, wanted);
        } catch (KubernetesClientException e) {
            if (e.getCode() != GONE) {
                throw e;
            }
            return read(list, wanted);
        }
    }

    private static <T extends HasMetadata, L extends KubernetesResourceList<T>> List<T> read(
            Listable<L> list, Predicate<? super T> wanted) {
        List<T> kept = new ArrayList<>();
        String next = null;
        do {
            L page = list.list(
                    new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build());
            page.getItems().stream().filter(wanted).forEach(kept::add);
            next = following(page);
        } while (next != null);
        return kept;
    }

    private static @Nullable String following(KubernetesResourceList<?> page) {
        String next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
        return next == null || next.isEmpty() ? null : next;
    }
}
