package feed_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"
	"time"

	"github.com/tongxing/tongxing/issuer/feed"
	"github.com/tongxing/tongxing/issuer/record"
)

func Example() {
	folder := fstest.MapFS{
		"people.csv": {Data: []byte("姓名,证件类型,证件号码,出生日期\n" +
			"陈梓,01,４６９９９９１９８１０４０１０４０８,1981/4/1\n" +
			",01,469999194309156023,1943-09-15\n")},
		"tests.csv": {Data: []byte("证件类型,证件号码,检测方法,检测结果,采样时间,报告时间,检测机构编码\n" +
			"01,469999198104010408,核酸,阴性,2022/8/9 18:57,2022年08月09日 20时22分,460000003\n")},
		"status.csv": {Data: []byte("document_type,document_number,state,rule,determined,until,evidence\n" +
			"01,469999198104010408,绿码,G01,20220809200000,2022-08-16T20:00:00+08:00,\n")},
	}
	summary, err := feed.Import(context.Background(), folder, feed.Options{
		Region:  "46",
		At:      time.Date(2022, 8, 10, 8, 0, 0, 0, record.Zone),
		Records: os.Stdout,
		Rejects: os.Stdout,
	})
	fmt.Println(summary.Records, summary.Rejected, summary.Files[0].Encoding, err)
	// Output:
	// 文件,行号,原因
	// people.csv,3,姓名为空
	// {"name":"陈梓","document_type":"01","document_number":"469999198104010408","birth_date":"1981-04-01","status":{"state":0,"rule":0,"determined":"2022-08-09T20:00:00+08:00","until":"2022-08-16T20:00:00+08:00"},"tests":[{"kind":1,"result":0,"sampled":"2022-08-09T18:57:00+08:00","reported":"2022-08-09T20:22:00+08:00","laboratory":3014659}]}
	// 1 1 UTF-8 <nil>
}
