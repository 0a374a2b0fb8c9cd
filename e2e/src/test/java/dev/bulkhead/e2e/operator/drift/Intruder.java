package dev.bulkhead.e2e.operator.drift;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StoreRequests;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.SdkHttpMethod;

/** Somebody with the administrator's key of the object store, who changes the users of tenants. */
final class Intruder implements AutoCloseable {
    private final StoreRequests requests;

    Intruder(StackEndpoints.ObjectStoreEndpoint store) {
        this.requests = new StoreRequests(store);
    }

    /** A key of a tenant's user that the operator does not know. */
    record Key(String id, String secret) {}

    /** Takes the user's key away, both called {@code accessKeyId}, and gives it another. */
    Key exchange(String accessKeyId) throws IOException {
        iam("Action=DeleteAccessKey&UserName=" + accessKeyId + "&AccessKeyId=" + accessKeyId);
        String made = iam("Action=CreateAccessKey&UserName=" + accessKeyId);
        return new Key(element(made, "AccessKeyId"), element(made, "SecretAccessKey"));
    }

    private String iam(String form) throws IOException {
        StoreRequests.Answer answer = requests.send("iam", SdkHttpMethod.POST, "/", form + "&Version=2010-05-08");
        if (!answer.isSuccess()) {
            throw new IllegalStateException(form + " was answered " + answer.status() + " " + answer.body());
        }
        return answer.body();
    }

    private static String element(String xml, String name) {
        Matcher matcher =
                Pattern.compile("<" + name + ">([^<]+)</" + name + ">").matcher(xml);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + name + " in the answer");
        }
        return matcher.group(1);
    }

    @Override
    public void close() {
        requests.close();
    }
}
