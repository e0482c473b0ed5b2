from tests.disclosure.test_upload_live import *
import time, socket
def test_p(server):
    v=Visitor(server); v.sign_in(); noise=os.urandom(MEGABYTE)
    for size in (0.1,0.5,5,40,100):
        part=os.urandom(int(min(size,1)*MEGABYTE))
        def it(size=size):
            for i in range(max(1,int(size))):
                n=i; yield part
        t=time.time()
        try: s,tx=v.upload(it,0,chunked=True); print(size,s, tx[:3000][-200:], time.time()-t)
        except Exception as e: print(size,repr(e),time.time()-t)
    # raw
    tok=v.token(UPLOAD)
    host,port=v.netloc.split(":")
    k=socket.create_connection((host,int(port)))
    k.sendall(f"POST {UPLOAD} HTTP/1.1\r\nHost: {v.netloc}\r\nCookie: {v.cookie}\r\nOrigin: http://{v.netloc}\r\nContent-Type: multipart/form-data; boundary=limit\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    time.sleep(1)
    k.settimeout(3)
    try: print("early answer:", k.recv(2000)[:300])
    except Exception as e: print(repr(e))
    print(server.log.read_text()[-3000:])
