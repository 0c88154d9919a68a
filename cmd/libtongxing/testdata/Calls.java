// java Calls.java LIBRARY BATCHES: as calls.c, through JNA, mapped directly.
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Arrays;

public class Calls {
    static native long tongxing_new();

    static native int tongxing_call(long verifier, Pointer request, long length, Pointer response, Pointer responseLength);

    static native void tongxing_free_bytes(long bytes);

    static final Memory REQUEST = new Memory(16), RESPONSE = new Memory(8), LENGTH = new Memory(8);

    static long calls(long verifier, int batches) {
        var took = new long[batches];
        for (int i = 0; i < batches; i++) {
            long begun = System.nanoTime();
            for (int j = 0; j < 100; j++) {
                tongxing_call(verifier, REQUEST, 16, RESPONSE, LENGTH);
                tongxing_free_bytes(RESPONSE.getLong(0));
            }
            took[i] = (System.nanoTime() - begun) / 100;
        }
        Arrays.sort(took);
        return took[batches / 2];
    }

    public static void main(String[] arguments) {
        Native.register(Calls.class, arguments[0]);
        int batches = Integer.parseInt(arguments[1]);
        byte[] request = "{\"op\":\"version\"}".getBytes();
        REQUEST.write(0, request, 0, request.length);
        long verifier = tongxing_new();
        calls(verifier, batches);
        System.out.println(calls(verifier, batches) + " " + calls(0, batches));
    }
}
