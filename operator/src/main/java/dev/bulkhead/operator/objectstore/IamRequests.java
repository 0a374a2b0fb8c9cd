package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.iam.model.AccessKeyMetadata;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.Group;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.StatusType;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.iam.model.User;

/**
 * The requests of the IAM API that are used, through a store's gate, page by page where there are pages. A server that asks
 * for a pause gets it. What fails is a {@link StoreException}.
 */
final class IamRequests implements AutoCloseable {
    /** Entries of a page, the most that the API allows. */
    private static final int PAGE = 1000;

    /** A server that never says that it is through is not followed for ever. */
    private static final int MOST_PAGES = 1000;

    private final IamClient iam;
    private final StoreGate gate;
    private final IamThrottle throttle;

    IamRequests(IamClient iam, StoreGate gate, IamThrottle throttle) {
        this.iam = iam;
        this.gate = gate;
        this.throttle = throttle;
    }

    /** One page, and where the next begins; null where there is none. */
    private record Page<T>(
            List<T> entries,
            @Nullable Boolean truncated,
            @Nullable String marker) {}

    /**
     * All users below a path.
     *
     * @param path null means all users
     */
    List<User> users(@Nullable String path) {
        return all(marker -> read("ListUsers", client -> {
            var page = client.listUsers(r -> r.pathPrefix(path).marker(marker).maxItems(PAGE));
            return new Page<>(page.users(), page.isTruncated(), page.marker());
        }));
    }

    User user(String name) {
        return read("GetUser", client -> client.getUser(r -> r.userName(name)).user());
    }

    User createUser(String name, String path, Map<String, String> tags) {
        return write(
                "CreateUser",
                client -> client.createUser(r -> r.userName(name).path(path).tags(tags(tags)))
                        .user());
    }

    void deleteUser(String name) {
        write("DeleteUser", client -> client.deleteUser(r -> r.userName(name)));
    }

    Map<String, String> tags(String name) {
        Map<String, String> tags = new TreeMap<>();
        List<Tag> listed = all(marker -> read("ListUserTags", client -> {
            var page = client.listUserTags(r -> r.userName(name).marker(marker).maxItems(PAGE));
            return new Page<>(page.tags(), page.isTruncated(), page.marker());
        }));
        listed.forEach(tag -> tags.put(tag.key(), tag.value()));
        return tags;
    }

    void tag(String name, Map<String, String> tags) {
        write("TagUser", client -> client.tagUser(r -> r.userName(name).tags(tags(tags))));
    }

    /** Ids of a user's keys, with whether each works. */
    Map<String, Boolean> keys(String name) {
        Map<String, Boolean> keys = new TreeMap<>();
        List<AccessKeyMetadata> listed = all(marker -> read("ListAccessKeys", client -> {
            var page =
                    client.listAccessKeys(r -> r.userName(name).marker(marker).maxItems(PAGE));
            return new Page<>(page.accessKeyMetadata(), page.isTruncated(), page.marker());
        }));
        listed.forEach(key -> keys.put(key.accessKeyId(), key.status() == StatusType.ACTIVE));
        return keys;
    }

    /** A new key with its secret, which nobody is told again. */
    AccessKey createKey(String name) {
        return write(
                "CreateAccessKey",
                client -> client.createAccessKey(r -> r.userName(name)).accessKey());
    }

    void activateKey(String name, String id) {
        write(
                "UpdateAccessKey",
                client -> client.updateAccessKey(
                        r -> r.userName(name).accessKeyId(id).status(StatusType.ACTIVE)));
    }

    void deleteKey(String name, String id) {
        write(
                "DeleteAccessKey",
                client -> client.deleteAccessKey(r -> r.userName(name).accessKeyId(id)));
    }

    /** Names of policies that were written into the user. */
    List<String> documents(String name) {
        return all(marker -> read("ListUserPolicies", client -> {
            var page =
                    client.listUserPolicies(r -> r.userName(name).marker(marker).maxItems(PAGE));
            return new Page<>(page.policyNames(), page.isTruncated(), page.marker());
        }));
    }

    void deleteDocument(String name, String document) {
        write(
                "DeleteUserPolicy",
                client -> client.deleteUserPolicy(r -> r.userName(name).policyName(document)));
    }

    /** ARNs of policies that were attached to the user. */
    List<String> policies(String name) {
        List<AttachedPolicy> attached = all(marker -> read("ListAttachedUserPolicies", client -> {
            var page = client.listAttachedUserPolicies(
                    r -> r.userName(name).marker(marker).maxItems(PAGE));
            return new Page<>(page.attachedPolicies(), page.isTruncated(), page.marker());
        }));
        return attached.stream().map(AttachedPolicy::policyArn).toList();
    }

    void detach(String name, String policyArn) {
        write(
                "DetachUserPolicy",
                client -> client.detachUserPolicy(r -> r.userName(name).policyArn(policyArn)));
    }

    /** Names of the groups that the user is in. */
    List<String> groups(String name) {
        List<Group> groups = all(marker -> read("ListGroupsForUser", client -> {
            var page = client.listGroupsForUser(
                    r -> r.userName(name).marker(marker).maxItems(PAGE));
            return new Page<>(page.groups(), page.isTruncated(), page.marker());
        }));
        return groups.stream().map(Group::groupName).toList();
    }

    void leave(String name, String group) {
        write(
                "RemoveUserFromGroup",
                client -> client.removeUserFromGroup(r -> r.userName(name).groupName(group)));
    }

    @Override
    public void close() {
        iam.close();
    }

    private static List<Tag> tags(Map<String, String> tags) {
        return new TreeMap<>(tags)
                .entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList();
    }

    private <T> T read(String operation, Function<IamClient, T> request) {
        return send(Verb.read, operation, request);
    }

    private <T> T write(String operation, Function<IamClient, T> request) {
        return send(Verb.write, operation, request);
    }

    private <T> T send(Verb verb, String operation, Function<IamClient, T> request) {
        throttle.enter(operation);
        T answer = gate.call(verb, operation, () -> {
            try {
                return request.apply(iam);
            } catch (IamException e) {
                heard(operation, e);
                throw e;
            }
        });
        throttle.taken();
        return answer;
    }

    private void heard(String operation, IamException e) {
        var detail = e.awsErrorDetails();
        String code = detail == null || detail.errorCode() == null ? "" : detail.errorCode();
        if (StoreException.answered(operation, e.statusCode(), code).failure() == StoreFailure.Busy) {
            throttle.refused(
                    detail == null || detail.sdkHttpResponse() == null
                            ? null
                            : detail.sdkHttpResponse()
                                    .firstMatchingHeader("Retry-After")
                                    .orElse(null));
        }
    }

    private static <T> List<T> all(Function<@Nullable String, Page<T>> pages) {
        List<T> all = new ArrayList<>();
        String marker = null;
        for (int number = 0; number < MOST_PAGES; number++) {
            Page<T> page = pages.apply(marker);
            all.addAll(page.entries());
            marker = page.marker();
            if (!Boolean.TRUE.equals(page.truncated()) || marker == null) {
                return all;
            }
        }
        throw new StoreException(StoreFailure.Rejected, "List", "more than " + MOST_PAGES + " pages");
    }
}
